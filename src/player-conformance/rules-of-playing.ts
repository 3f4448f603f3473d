import { soundWithinMs, streamHeaders, tellWithinMs, type Bench, type Given } from './bench.ts'
import { Broken } from './broken.ts'
import { rule, type Rule } from './rule.ts'

/** Tolerance for positions, on a busy machine. */
const slackMs = 600

/** One item: its position, and the commands that change it. */
export const rulesOfPlaying: readonly Rule[] = [
  rule('plays what it is given', async (bench) => {
    const sinceMs = bench.trial.nowMs
    const given = await bench.anew()
    const { atMs } = await bench.heard(given, 'started', 0)
    await bench.heard(given, 'position', tellWithinMs)
    return `started ${Math.round(atMs - sinceMs)} ms after load`
  }),
  rule('sends the headers with the stream', async (bench) => {
    const { requests } = (await bench.sounding()).stream
    for (const request of requests) {
      for (const [name, value] of Object.entries(streamHeaders)) {
        if (request[name] !== value)
          throw new Broken(`header ${name}: ${value}`, String(request[name] ?? 'none'))
      }
    }
    if (requests.length === 0) throw new Broken('a request for the stream', 'none')
    return `with each of ${requests.length} requests`
  }),
  rule('tells the position once a second, in real time', async (bench) => {
    const given = await bench.sounding()
    const sinceMs = bench.trial.nowMs
    await bench.trial.sleep(3_200)
    const told = positions(bench, given, sinceMs)
    const times = [sinceMs, ...told.map(({ atMs }) => atMs), bench.trial.nowMs]
    const gapMs = Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs)))
    if (gapMs > tellWithinMs)
      throw new Broken('a position at least once a second', `${Math.round(gapMs)} ms without`)
    const [first, last] = [told[0], told.at(-1)]
    if (first === undefined || last === undefined) throw new Broken('positions', 'none')
    const movedMs = last.positionMs - first.positionMs
    const ranMs = Math.round(last.atMs - first.atMs)
    if (Math.abs(movedMs - ranMs) > slackMs)
      throw new Broken(`${ranMs} ms of sound in ${ranMs} ms`, `${movedMs} ms`)
    return `${told.length} in 3.2 s, ${movedMs} ms of sound in ${ranMs} ms`
  }),
  rule('stands still at pause', async (bench) => {
    const given = await bench.sounding()
    await bench.trial.sleep(300)
    const sinceMs = bench.trial.nowMs
    await bench.ask('pause')
    const { atMs, message } = await bench.heard(given, 'position', tellWithinMs, sinceMs)
    await bench.trial.sleep(1_200)
    const movedMs = (positions(bench, given, atMs).at(-1)?.positionMs ?? 0) - message.positionMs
    if (Math.abs(movedMs) > slackMs)
      throw new Broken('the position of the pause', `${movedMs} ms further after 1.2 s`)
    // A player that sends no position may still be running.
    const playMs = bench.trial.nowMs
    await bench.ask('play')
    return near(bench, given, playMs, message.positionMs)
  }),
  rule('goes on at play, and is not started again', async (bench) => {
    const given = await bench.sounding()
    await bench.ask('pause')
    await bench.trial.sleep(300)
    const before = positions(bench, given, 0).at(-1)?.positionMs ?? 0
    const sinceMs = bench.trial.nowMs
    await bench.ask('play')
    await near(bench, given, sinceMs, before)
    await bench.trial.sleep(300)
    const starts = bench.trial.events(given.id).filter(({ message }) => message.type === 'started').length
    if (starts !== 1) throw new Broken('started once', `${starts} times`)
    return `at ${before} ms`
  }),
  rule('seeks while it plays', async (bench) => {
    const given = await bench.sounding()
    const sinceMs = bench.trial.nowMs
    await bench.ask('seek', { position_ms: 30_000 })
    return near(bench, given, sinceMs, 30_000)
  }),
  rule('seeks while it is paused, and stays there', async (bench) => {
    const given = await bench.sounding()
    await bench.ask('pause')
    const sinceMs = bench.trial.nowMs
    await bench.ask('seek', { position_ms: 12_000 })
    const { atMs } = await nearest(bench, given, sinceMs, 12_000)
    await bench.trial.sleep(1_000)
    const last = positions(bench, given, atMs).at(-1)?.positionMs ?? 0
    if (Math.abs(last - 12_000) > slackMs)
      throw new Broken('12000 ms until play', `${last} ms a second later`)
    const playMs = bench.trial.nowMs
    await bench.ask('play')
    return near(bench, given, playMs, 12_000)
  }),
  rule('load replaces what plays, and begins where it is told to', async (bench) => {
    const former = await bench.sounding()
    const given = await bench.give('load', { kind: 'whole', seconds: 60 }, { positionMs: 20_000 })
    const sinceMs = bench.trial.nowMs
    await bench.heard(given, 'started', soundWithinMs)
    const seen = await near(bench, given, 0, 20_000)
    await bench.trial.sleep(1_000)
    nothingOf(bench, former, sinceMs, 'of what was replaced')
    return seen
  }),
  rule('load with paused waits for play', async (bench) => {
    const given = await bench.give('load', { kind: 'whole', seconds: 60 }, { paused: true })
    await bench.trial.sleep(1_000)
    const early = bench.trial.events(given.id).find(({ message }) => message.type === 'started')
    if (early !== undefined) throw new Broken('no sound before play', 'started')
    await bench.ask('play')
    await bench.heard(given, 'started', soundWithinMs)
    return near(bench, given, 0, 0)
  }),
  rule('stop takes everything off, without an event', async (bench) => {
    const given = await bench.sounding()
    bench.clear()
    await bench.ask('stop')
    const sinceMs = bench.trial.nowMs
    await bench.ask('play')
    await bench.trial.sleep(1_200)
    nothingOf(bench, given, sinceMs, 'after stop')
    return 'no event'
  }),
  rule('takes commands without waiting, in order', async (bench) => {
    const { trial } = bench
    const { given, keys } = bench.item({ kind: 'whole', seconds: 60 })
    bench.clear()
    const replies = await Promise.all([
      trial.ask('load', { ...keys, paused: false }),
      trial.ask('pause'),
      trial.ask('seek', { position_ms: 7_000 }),
      trial.ask('volume', { percent: 40 }),
      trial.ask('play'),
    ])
    const taken = replies.filter((reply) => reply !== undefined && reply.refusal === undefined).length
    if (taken !== replies.length) throw new Broken('five times ok', `${taken}`)
    await bench.heard(given, 'started', soundWithinMs)
    return near(bench, given, 0, 7_000)
  }),
]

interface Told {
  readonly atMs: number
  readonly positionMs: number
}

function positions(bench: Bench, { id }: Given, sinceMs: number): readonly Told[] {
  return bench.trial
    .events(id, sinceMs)
    .flatMap(({ atMs, message }) =>
      message.type === 'position' ? [{ atMs, positionMs: message.positionMs }] : [],
    )
}

/** Waits for the first position since `sinceMs` that is near `positionMs`. @throws Broken */
async function nearest(bench: Bench, given: Given, sinceMs: number, positionMs: number): Promise<Told> {
  const found = await bench.trial.until(
    () => positions(bench, given, sinceMs).find((told) => Math.abs(told.positionMs - positionMs) <= slackMs),
    tellWithinMs,
  )
  if (found !== undefined) return found
  throw new Broken(`position ${positionMs} ms within 1 s`, bench.lately(given.id, sinceMs))
}

async function near(bench: Bench, given: Given, sinceMs: number, positionMs: number): Promise<string> {
  return `at ${(await nearest(bench, given, sinceMs, positionMs)).positionMs} ms`
}

/** @throws Broken when an event of the item came since `sinceMs` */
export function nothingOf(bench: Bench, { id }: Given, sinceMs: number, when: string): void {
  if (bench.trial.events(id, sinceMs).length > 0) {
    throw new Broken(`no event ${when}`, bench.lately(id, sinceMs))
  }
}
