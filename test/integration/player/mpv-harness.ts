import type { TestContext } from 'node:test'

import { plainEnvironment } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { Secret } from '../../../src/lib/secret.ts'
import type { Player, PlayerEvent, PlayerItem } from '../../../src/playback/player/player.ts'
import { createMpv, type MpvOptions } from '../../../src/playback/player/backends/mpv/open-mpv.ts'
import { eventually } from '../../support/eventually.ts'
import { logSink, type LogSink } from '../../support/log-sink.ts'
import { requireTool, toolPath } from '../../support/tools.ts'

/** For the `skip` option of a test: why it cannot run, or false. */
export const noMpv: string | false = requireTool('mpv')

export const mpvProgram = toolPath('mpv') ?? 'mpv'

/** A real mpv, what it was heard to say, and what was logged at level trace. */
export interface MpvStage {
  readonly player: Player
  readonly heard: readonly PlayerEvent[]
  readonly sink: LogSink
  /** The events of one item, by their names; positions left out. */
  readonly story: (id: string) => readonly string[]
  /** The first event of this kind, waited for if it has not come yet. */
  readonly event: <T extends PlayerEvent['type']>(
    type: T,
    id?: string,
  ) => Promise<Extract<PlayerEvent, { type: T }>>
}

/** Starts mpv; it ends with the test. Without options it plays in real time, and nobody hears it. */
export async function mpvStage(t: TestContext, options: Partial<MpvOptions> = {}): Promise<MpvStage> {
  const sink = logSink('trace')
  const heard: PlayerEvent[] = []
  const open = createMpv({
    program: mpvProgram,
    env: plainEnvironment(process.env),
    clock: systemClock,
    log: sink.log,
    audioDevice: 'null',
    mixer: undefined,
    ...options,
  })
  const player = await open((event) => heard.push(event), new AbortController().signal)
  t.after(() => player.close())
  return {
    player,
    heard,
    sink,
    story: (id) =>
      heard.flatMap((event) =>
        event.type !== 'gone' && event.type !== 'position' && event.id === id ? [event.type] : [],
      ),
    async event(type, id) {
      type Wanted = Extract<PlayerEvent, { type: typeof type }>
      const isIt = (event: PlayerEvent): event is Wanted =>
        event.type === type && (id === undefined || (event.type !== 'gone' && event.id === id))
      await until(() => heard.some(isIt), `${type} of ${id ?? 'mpv'}`)
      return heard.find(isIt) as Wanted
    },
  }
}

/** Waits until `isSo`; a slow machine may take its time. */
export async function until(isSo: () => boolean, what: string, withinMs = 30_000): Promise<void> {
  await eventually(what, isSo, { withinMs })
}

let dealt = 0

/** An item to play from `url`. */
export function itemOf(
  url: string | URL,
  more: Partial<PlayerItem> & { readonly headers?: Readonly<Record<string, string>> } = {},
): PlayerItem {
  const { headers = {}, ...rest } = more
  return {
    id: `item-${++dealt}`,
    durationMs: undefined,
    positionMs: 0,
    stream: {
      url: new Secret(String(url)),
      protocol: undefined,
      format: undefined,
      drm: undefined,
      licenseHeaders: { 'x-licence': new Secret('licence-secret') },
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, new Secret(value)])),
    },
    ...rest,
  }
}
