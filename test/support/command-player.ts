import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { systemClock, type Clock } from '../../src/lib/clock.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { Stream } from '../../src/amazon-music/entity.ts'
import type { OpenPlayer, Player, PlayerEvent, PlayerItem } from '../../src/playback/player/player.ts'
import { createCommandPlayer } from '../../src/playback/player/backends/command/open-command.ts'
import { eventually } from './eventually.ts'
import { Inbox } from './inbox.ts'
import { logSink, type LogSink } from './log-sink.ts'
import { signalGroup } from './signal-group.ts'

export const referencePlayerFile = join(import.meta.dirname, '..', '..', 'scripts', 'reference-player.mjs')

/** The command line of the reference player. */
export const referencePlayer = [process.execPath, referencePlayerFile] as const

/**
 * A program that sends its hello and then runs `code`, which can call `say()` and set `hear`, called with
 * each command.
 */
export function program(code: string, hello = plainHello): readonly string[] {
  return [
    process.execPath,
    '-e',
    `
    const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n')
    const ok = ({ id }) => say({ reply: id, ok: true })
    let hear = ok
    require('node:readline').createInterface({ input: process.stdin })
      .on('line', (line) => hear(JSON.parse(line))).on('close', () => process.exit(0))
    console.error('pid ' + process.pid)
    ${hello}
    ${code}`,
  ]
}

export const plainHello =
  "say({ event: 'hello', protocol: 1, name: 'test', version: '1', preloads: true, decrypts: false })"

export interface CommandStage {
  readonly open: OpenPlayer
  readonly events: Inbox<PlayerEvent>
  readonly sink: LogSink
  /** Process id of the program started last. */
  readonly pid: () => number
}

/** A player backend for one program. */
export function commandStage(
  commandLine: readonly string[],
  { clock = systemClock }: { readonly clock?: Clock } = {},
): CommandStage {
  const events = new Inbox<PlayerEvent>()
  const sink = logSink()
  const open = createCommandPlayer({ commandLine, env: process.env, signalGroup, clock, log: sink.log })
  return {
    open: (onEvent, signal) =>
      open((event) => {
        events.push(event)
        onEvent(event)
      }, signal),
    events,
    sink,
    pid: () => Number([...sink.text().matchAll(/pid (\d+)/g)].at(-1)?.[1]),
  }
}

/** Opens the player; it is closed when the test ends. */
export async function openCommand(
  t: TestContext,
  commandLine: readonly string[],
  options: { readonly clock?: Clock } = {},
): Promise<CommandStage & { readonly player: Player }> {
  const stage = commandStage(commandLine, options)
  const player = await stage.open(() => undefined, new AbortController().signal)
  t.after(() => player.close())
  return { ...stage, player }
}

export function streamAt(url: string, headers: Readonly<Record<string, string>> = {}): Stream {
  const secret = Object.entries(headers).map(([name, value]) => [name, new Secret(value)] as const)
  return {
    url: new Secret(url),
    protocol: undefined,
    format: undefined,
    drm: undefined,
    headers: Object.fromEntries(secret),
    licenseHeaders: {},
  }
}

export function itemOf(id: string, url: string, more: Partial<PlayerItem> = {}): PlayerItem {
  return { id, durationMs: undefined, stream: streamAt(url), positionMs: 0, ...more }
}

/** Resolves when no process has this id. */
export async function untilGone(pid: number, withinMs?: number): Promise<void> {
  await eventually(`the end of process ${pid}`, () => !isAlive(pid), { withinMs })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
