import { inWords, soundWithinMs, type Bench, type Given } from './bench.ts'
import { Broken } from './broken.ts'
import { rule, type Rule } from './rule.ts'
import type { Course } from './test-streams.ts'

/** A player may retry by itself for 15 s. */
const failWithinMs = 17_000
/** The agent's limit for an early end. */
const earlyMs = 1_500

/** Faulty streams. */
export const rulesOfStreams: readonly Rule[] = [
  rule('says buffering and rebuffered when data is late', async (bench) => {
    const given = await bench.give('load', { kind: 'held', seconds: 20, sent: 3 })
    const has = (type: string) => (): true | undefined =>
      bench.trial.events(given.id).some(({ message }) => message.type === type) || undefined
    // Some players need more than 3 s of data before they start.
    const isStarted = await bench.trial.until(has('started'), 5_000)
    if (isStarted === undefined) {
      given.stream.release()
      await bench.heard(given, 'started', soundWithinMs)
      return 'it began only when there was more, which is fine too'
    }
    const { atMs } = await bench.heard(given, 'buffering', 7_000)
    given.stream.release()
    const goesOn = await bench.heard(given, 'rebuffered', soundWithinMs, atMs)
    return `rebuffered ${Math.round(goesOn.atMs - atMs)} ms after buffering`
  }),
  rule('does not take a broken connection for the end', async (bench) => {
    const course = { kind: 'cut', seconds: 8, sent: 2 } as const
    const given = await bench.give('load', course)
    const message = await outcome(bench, given, course.sent * 1000 + failWithinMs)
    const durationMs = course.seconds * 1000
    const isBreak =
      message.type === 'ended'
        ? message.positionMs < (message.durationMs ?? durationMs) - earlyMs
        : message.trouble.code === 'player/network'
    if (isBreak) return inWords(message)
    throw new Broken('failed (network), or ended at 2000 ms of 8000', inWords(message))
  }),
  fails('an expired address: HTTP 403', { kind: 'status', status: 403 }, ['expired']),
  fails('a stream that does not exist: HTTP 404', { kind: 'status', status: 404 }, ['unplayable']),
  fails('a server in trouble: HTTP 503', { kind: 'status', status: 503 }, ['network']),
  rule('says failed (network): nobody listens there', (bench) =>
    failing(bench, { kind: 'status', status: 404 }, ['network'], bench.streams.nowhere),
  ),
  fails('what is no sound', { kind: 'garbage' }, ['unplayable']),
  rule('plays no protected stream unless it can decrypt', async (bench) => {
    if (bench.hello.decrypts) return 'not tried: it says that it decrypts, and there is no licence here'
    return failing(bench, { kind: 'protected' }, ['protected', 'unplayable'])
  }),
]

function fails(what: string, course: Course, codes: readonly string[]): Rule {
  return rule(`says failed (${codes.join(' or ')}): ${what}`, (bench) => failing(bench, course, codes))
}

async function failing(
  bench: Bench,
  course: Course,
  codes: readonly string[],
  url?: string,
): Promise<string> {
  const given = await bench.give('load', course, {
    ...(url === undefined ? {} : { url }),
    ...(course.kind === 'protected' ? { format: 'ENCRYPTED_OPUS_FLAC' } : {}),
  })
  const message = await outcome(bench, given, failWithinMs)
  const seen = inWords(message)
  if (message.type === 'failed' && codes.some((code) => message.trouble.code === `player/${code}`))
    return seen
  throw new Broken(`failed with code ${codes.join(' or ')}`, seen)
}

/** Waits until an item has ended or failed. @throws Broken when it does not */
async function outcome(
  bench: Bench,
  { id }: Given,
  withinMs: number,
): Promise<Extract<ReturnType<Bench['trial']['events']>[number]['message'], { type: 'failed' | 'ended' }>> {
  const found = await bench.trial.until(() => {
    for (const { message } of bench.trial.events(id)) {
      if (message.type === 'failed' || message.type === 'ended') return message
    }
    return undefined
  }, withinMs)
  if (found !== undefined) return found
  throw new Broken(`failed within ${Math.round(withinMs / 1000)} s`, bench.lately(id))
}
