import { inWords, soundWithinMs, streamHeaders, tellWithinMs, type Bench, type Given } from './bench.ts'
import { Broken } from './broken.ts'
import { rule, type Rule } from './rule.ts'
import { nothingOf } from './rules-of-playing.ts'

/** How far the reported end of a stream may be from its real end. */
const slackMs = 600
/** A longer gap between two items is audible as a pause on any machine. */
const longestGapMs = 500
const short = { kind: 'whole', seconds: 2 } as const
const notPreloading = 'not tried: it says that it does not preload'

/** The end of an item, and the item after it. */
export const rulesOfFollowing: readonly Rule[] = [
  rule('tells the end, with position and duration', async (bench) => {
    const given = await bench.give('load', short)
    return playsToItsEnd(bench, given)
  }),
  rule('goes on to what is preloaded last', async (bench) => {
    if (!bench.hello.preloads) return notPreloading
    const first = await bench.give('load', short)
    const replaced = await bench.give('preload', short)
    const next = await bench.give('preload', short)
    await playsToItsEnd(bench, first)
    const ended = await bench.heard(first, 'ended', 0)
    const started = await bench.heard(next, 'started', tellWithinMs)
    const gapMs = Math.round(started.atMs - ended.atMs)
    if (gapMs > longestGapMs || gapMs < 0)
      throw new Broken('started at once after ended', `${gapMs} ms later`)
    nothingOf(bench, replaced, 0, 'of what was replaced')
    const key = next.stream.requests[0]?.['x-a2m-check']
    if (key !== streamHeaders['x-a2m-check']) throw new Broken('its headers with its request', 'none')
    return `started ${gapMs} ms after ended`
  }),
  rule('stands still after an item when nothing follows any more', async (bench) => {
    if (!bench.hello.preloads) return notPreloading
    const first = await bench.give('load', short)
    const dropped = await bench.give('preload', short)
    await bench.ask('preload', { item: null })
    await playsToItsEnd(bench, first)
    await bench.trial.sleep(700)
    nothingOf(bench, dropped, 0, 'of what was preloaded')
    return 'nothing followed'
  }),
  rule('tells of a bad preloaded item when its turn comes', async (bench) => {
    if (!bench.hello.preloads) return notPreloading
    const first = await bench.give('load', short)
    const bad = await bench.give('preload', { kind: 'status', status: 404 })
    await playsToItsEnd(bench, first)
    const ended = await bench.heard(first, 'ended', 0)
    const failed = await bench.heard(bad, 'failed', soundWithinMs)
    if (failed.atMs < ended.atMs) throw new Broken('failed after ended of the one before', 'failed before it')
    return inWords(failed.message)
  }),
  rule('plays nothing after failed, preloaded or not', async (bench) => {
    const { trial } = bench
    const bad = bench.item({ kind: 'status', status: 404 })
    const next = bench.item(short)
    const asked = [trial.ask('load', { ...bad.keys, paused: false })]
    if (bench.hello.preloads) asked.push(trial.ask('preload', next.keys))
    await Promise.all(asked)
    await bench.heard(bad.given, 'failed', soundWithinMs)
    await trial.sleep(1_000)
    nothingOf(bench, next.given, 0, 'of what was preloaded')
    return 'nothing'
  }),
]

/**
 * Waits until a stream of 2 s has played from its beginning to its end, with one `ended` only. @throws Broken
 */
async function playsToItsEnd(bench: Bench, given: Given): Promise<string> {
  const durationMs = short.seconds * 1000
  const started = await bench.heard(given, 'started', soundWithinMs)
  const { atMs, message } = await bench.heard(given, 'ended', durationMs + tellWithinMs)
  await bench.trial.sleep(200)
  const ends = bench.trial.events(given.id).filter(({ message: { type } }) => type === 'ended').length
  const ranMs = Math.round(atMs - started.atMs)
  const isNear = (ms: number): boolean => Math.abs(ms - durationMs) <= slackMs
  if (!isNear(message.positionMs) || !isNear(message.durationMs ?? durationMs)) {
    throw new Broken(`ended at ${durationMs} ms of ${durationMs}`, inWords(message))
  }
  if (!isNear(ranMs)) throw new Broken(`the end after ${durationMs} ms of sound`, `after ${ranMs} ms`)
  if (ends !== 1) throw new Broken('ended once', `${ends} times`)
  return `${inWords(message)}, after ${ranMs} ms of sound`
}
