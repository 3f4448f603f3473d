import { readFileSync } from 'node:fs'
import { arch, freemem, release, totalmem, uptime, userInfo } from 'node:os'

import { AppError } from '../../lib/errors.ts'
import { failure, type Say } from '../finding.ts'
import { runProgram, type ProgramPlace } from '../run-program.ts'
import { ownUserId } from './state-folder.ts'

export interface VersionFacts extends ProgramPlace {
  readonly product: string
  readonly version: string
  /** As in `process.version`: `v22.11.0`. */
  readonly nodeVersion: string
}

/** With less memory, the system, the agent and a player do not fit. */
const leastMemoryMb = 256

/** Reports versions, machine and memory. */
export async function probeVersions(facts: VersionFacts, say: Say, signal: AbortSignal): Promise<void> {
  const info = (name: string, words: string): void => say({ mark: 'info', name, words })
  info('agent', `${facts.product} ${facts.version}`)
  say(nodeLine(facts.nodeVersion))
  info('kernel', `${release()}, ${arch()}`)
  info('system', osName(read('/etc/os-release')))
  info('board', read('/proc/device-tree/model').replaceAll('\0', '') || 'not told')
  const totalMb = Math.round(totalmem() / 1024 / 1024)
  say({
    mark: totalMb < leastMemoryMb ? 'warn' : 'info',
    name: 'memory',
    words: `${totalMb} MB, ${Math.round(freemem() / 1024 / 1024)} MB free`,
  })
  info('up since', inDays(uptime()))
  info('asked by', whoami())
  info('systemd', await systemdVersion(facts, signal))
}

function nodeLine(nodeVersion: string): Parameters<Say>[0] {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return { mark: 'ok', name: 'Node', words: nodeVersion }
  const error = new AppError('internal/fault', `${nodeVersion} is older than the agent needs (20.19)`)
  return { ...failure('Node', error), remedy: 'Install a newer Node, or the package that brings its own.' }
}

async function systemdVersion(place: ProgramPlace, signal: AbortSignal): Promise<string> {
  const result = await runProgram(place, ['systemctl', '--version'], 3_000, signal)
  const found = result.kind === 'ended' ? /^systemd \d+ ?(\([^)]*\))?/.exec(result.stdout)?.[0] : undefined
  return found ?? 'not here'
}

/** The name of the distribution, from os-release. */
export function osName(osRelease: string): string {
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1]
  return value('PRETTY_NAME') ?? value('NAME') ?? 'not told'
}

/** The user of this process, with its id. */
function whoami(): string {
  try {
    return `user ${userInfo().username} (${ownUserId()})`
  } catch {
    return `a user without a name (${ownUserId()})`
  }
}

function inDays(seconds: number): string {
  const hours = seconds / 3_600
  return hours < 48 ? `${hours.toFixed(1)} hours` : `${Math.round(hours / 24)} days`
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
