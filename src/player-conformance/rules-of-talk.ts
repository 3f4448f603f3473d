import { Broken } from './broken.ts'
import { rule, type Rule } from './rule.ts'

/** How long the program must be silent to count as silent. */
const quietMs = 300

/** Hello, commands and replies, without any sound. */
export const rulesOfTalk: readonly Rule[] = [
  rule('says hello', async (bench) => {
    const { name, version, preloads, decrypts } = await bench.begin()
    const gifts = `${preloads ? 'preloads' : 'does not preload'}, ${decrypts ? 'decrypts' : 'does not decrypt'}`
    return `${name} ${version}: ${gifts}`
  }),
  rule('speaks when it is spoken to', async ({ trial }) => {
    await trial.sleep(quietMs)
    if (trial.said.length > 1 || trial.breaches.length > 0) {
      throw new Broken('nothing after hello', trial.breaches[0] ?? trial.said[1]?.message.type ?? 'more')
    }
    return 'nothing after hello'
  }),
  rule('refuses a command it does not know', async (bench) => {
    const reply = await bench.trial.ask('a2m-check')
    if (reply?.refusal !== undefined) return `an error: ${reply.refusal.message}`
    if (reply === undefined) await bench.end()
    throw new Broken('an answer with an error', reply === undefined ? 'none within 5 s' : 'ok')
  }),
  rule('ignores keys it does not know', async (bench) => {
    await bench.ask('volume', { percent: 30, a2m_check: { of: ['no', 'meaning'] } })
    return 'ok'
  }),
  rule('takes volume and mute', async (bench) => {
    for (const percent of [0, 12.5, 100, 40]) await bench.ask('volume', { percent })
    for (const muted of [true, false]) await bench.ask('mute', { muted })
    return 'ok; that the scale is cubic is for you to measure'
  }),
  rule('does nothing with nothing loaded', async (bench) => {
    const { trial } = bench
    const isEvent = ({ message }: (typeof trial.said)[number]): boolean => message.type !== 'reply'
    const before = trial.said.filter(isEvent).length
    await bench.ask('stop')
    await bench.ask('play')
    await bench.ask('seek', { position_ms: 1_000 })
    await bench.ask('pause')
    await bench.ask('stop')
    await trial.sleep(quietMs)
    const events = trial.said.filter(isEvent).slice(before)
    if (events.length === 0) return 'five times ok, and no event'
    throw new Broken('no event', events.map(({ message }) => message.type).join(', '))
  }),
]
