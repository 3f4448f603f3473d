import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'

import { AppError } from '../errors.ts'

/** The mount that a path is on. */
export interface Mount {
  readonly point: string
  /** The kernel's name for it: `ext4`, `overlay`, `tmpfs`. */
  readonly kind: string
  readonly isReadOnly: boolean
  /** Whether files on it are in memory only and lost at the next reboot. */
  readonly isLostAtReboot: boolean
}

interface Row extends Omit<Mount, 'isLostAtReboot'> {
  readonly source: string
  readonly options: readonly string[]
}

const inMemory = ['tmpfs', 'ramfs', 'devtmpfs']

/**
 * The mount that `path` is on, or would be on if it existed. Undefined where that is unknown (no /proc).
 *
 * @param path absolute
 */
export function readMount(path: string): Mount | undefined {
  try {
    let place = path
    while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
    return mountOf(readFileSync('/proc/self/mountinfo', 'utf8'), realpathSync(place))
  } catch {
    return undefined
  }
}

/**
 * @param mountInfo text of /proc/self/mountinfo (proc_pid_mountinfo(5))
 * @param path absolute, without symbolic links
 */
export function mountOf(mountInfo: string, path: string): Mount | undefined {
  const rows = mountInfo.split('\n').flatMap(rowOf)
  const row = holder(rows, path)
  if (row === undefined) return undefined
  const { point, kind, isReadOnly } = row
  return { point, kind, isReadOnly, isLostAtReboot: isLost(row, rows) }
}

/** An overlay writes to its upper folder (raspi-config and overlayroot put that on a tmpfs). */
function isLost(row: Row, rows: readonly Row[]): boolean {
  if (isInMemory(row)) return true
  if (row.kind !== 'overlay') return false
  const upper = row.options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length)
  if (upper === undefined) return false
  const under = holder(
    rows.filter(({ kind }) => kind !== 'overlay'),
    upper,
  )
  // The upper folder of a container is on the host's disk.
  if (under === undefined && /\/(docker|containerd|containers)\//.test(upper)) return false
  // Where the root is an overlay, the tmpfs below it often has no mount point any more.
  return under === undefined || under.point === '/' ? row.point === '/' : isInMemory(under)
}

/** Some boards keep a file system of an ordinary kind on compressed memory. */
function isInMemory({ kind, source }: Row): boolean {
  return inMemory.includes(kind) || /^\/dev\/z?ram\d+$/.test(source)
}

/** The last one with the longest mount point: a later mount covers an earlier one. */
function holder(rows: readonly Row[], path: string): Row | undefined {
  let best: Row | undefined
  for (const row of rows) {
    const holds = row.point === '/' || path === row.point || path.startsWith(`${row.point}/`)
    if (holds && (best === undefined || row.point.length >= best.point.length)) best = row
  }
  return best
}

function rowOf(line: string): readonly Row[] {
  const [left = '', right = ''] = line.split(' - ')
  const [, , , , point, options = ''] = left.split(' ')
  const [kind, source = '', superOptions = ''] = right.split(' ')
  if (point === undefined || kind === undefined || kind === '') return []
  const all = [...options.split(','), ...superOptions.split(',')]
  const isReadOnly = all.includes('ro')
  return [{ point: unescaped(point), kind, source, isReadOnly, options: all.map(unescaped) }]
}

/** Decodes the kernel's escapes: space, tab, line feed and backslash as `\040` and so on. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
}

/**
 * Why files saved in `folder` are lost at a reboot (it is on a tmpfs, or on an overlay whose upper folder
 * is), as `state/volatile`. Undefined when they are not, or when that is unknown.
 */
export function volatileProblem(folder: string): AppError | undefined {
  const mount = readMount(folder)
  if (mount?.isLostAtReboot !== true) return undefined
  const { kind, point } = mount
  return new AppError(
    'state/volatile',
    `${folder} is in memory only (${kind} at ${point}): the sign-in will be lost when this device restarts`,
    { facts: { folder, kind, point } },
  )
}
