import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'

import { AppError } from '../errors.ts'

/** The mount that a path lies on. */
export interface Mount {
  readonly point: string
  /** As the kernel names it: `ext4`, `overlay`, `tmpfs`. */
  readonly kind: string
  readonly isReadOnly: boolean
  /** Whether what is written there is in memory only, and gone at the next reboot. */
  readonly isLostAtReboot: boolean
}

interface Row extends Omit<Mount, 'isLostAtReboot'> {
  readonly source: string
  readonly options: readonly string[]
}

const inMemory = ['tmpfs', 'ramfs', 'devtmpfs']

/**
 * The mount that `path` lies on, or would lie on if it were there; undefined where that is unknown (no /proc).
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

/** Of an overlay it is the upper folder that is written to (raspi-config and overlayroot put it on a tmpfs). */
function isLost(row: Row, rows: readonly Row[]): boolean {
  if (isInMemory(row)) return true
  if (row.kind !== 'overlay') return false
  const upper = row.options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length)
  if (upper === undefined) return false
  const under = holder(
    rows.filter(({ kind }) => kind !== 'overlay'),
    upper,
  )
  // A container's lies with its maker, on the host's disk.
  if (under === undefined && /\/(docker|containerd|containers)\//.test(upper)) return false
  // Where the root is an overlay the tmpfs below it often has no mount point of its own any more.
  return under === undefined || under.point === '/' ? row.point === '/' : isInMemory(under)
}

/** Some boards keep a file system of the usual kind on compressed memory. */
function isInMemory({ kind, source }: Row): boolean {
  return inMemory.includes(kind) || /^\/dev\/z?ram\d+$/.test(source)
}

/** The last of the longest: a later mount covers an earlier one. */
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

/** The kernel writes space, tab, line feed and backslash as `\040` and so on. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
}

/**
 * Why what is saved in `folder` will not be there after a reboot (it lies on a tmpfs, or on an overlay whose upper part
 * does), as `state/volatile`; undefined when it will, or when that is unknown.
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
