import { Broken } from './broken.ts'
import { rule, type Rule } from './rule.ts'

/** The duty is 2 s; the rest allows for a busy machine. */
const endWithinMs = 3_000

/** The program's end. */
export const rulesOfEnding: readonly Rule[] = [
  rule('ends when its stdin closes, while it plays', async (bench) => {
    await bench.sounding()
    const tookMs = await bench.trial.hangUp(endWithinMs)
    if (tookMs !== undefined) return `after ${Math.round(tookMs)} ms`
    await bench.end()
    throw new Broken('its end within 2 s', 'it still ran, and was killed')
  }),
  rule('can be started again at once, and play', async (bench) => {
    await bench.end()
    await bench.begin()
    await bench.anew()
    return 'started'
  }),
  rule('kept to the protocol all the time', (bench) => {
    const breaches = bench.trials.flatMap((trial) => trial.breaches)
    const lines = bench.trials.reduce((sum, { said }) => sum + said.length, 0)
    if (breaches.length === 0) return Promise.resolve(`${lines} lines`)
    throw new Broken('lines of the protocol only', breaches.slice(0, 3).join('; '))
  }),
]
