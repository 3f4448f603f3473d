import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Looks again and again until `look` gives something.
 *
 * @template T
 * @param {string} what waited for, for the message
 * @param {() => Promise<T | undefined> | T | undefined} look undefined or false: not yet
 * @param {number} [withinMs]
 * @param {() => unknown} [instead] what there is, for the message
 * @returns {Promise<T>}
 */
export async function until(what, look, withinMs = 30_000, instead) {
  const endMs = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endMs) {
      const there = instead === undefined ? '' : `; instead: ${JSON.stringify(await instead())}`
      throw new Error(`${what}: not within ${withinMs / 1000} s${there}`)
    }
    await sleep(100)
  }
}
