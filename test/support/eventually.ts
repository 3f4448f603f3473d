import { inspect } from 'node:util'

/**
 * Default time-out in milliseconds of real time: long enough for a busy machine, well below the 600 s of a
 * test file.
 */
export const patienceMs = 30_000

export interface Patience {
  /** The present state, shown when the wait fails. */
  readonly seen?: (() => unknown) | undefined
  /** Real time, in milliseconds. Default: {@link patienceMs}. */
  readonly withinMs?: number | undefined
  /** Runs between two attempts. Default: waits 2 ms of real time. */
  readonly step?: () => unknown
}

/**
 * Calls `find` until it finds something, and returns that.
 *
 * @param what describes what is awaited, as a noun or a sentence; the error message starts with it
 * @throws Error after the time-out, even if `find` or a step never ends: what was awaited and what was seen
 * instead
 */
export async function eventually<T>(
  what: string,
  find: () => T | undefined | false | Promise<T | undefined | false>,
  { seen, withinMs = patienceMs, step = shortSleep }: Patience = {},
): Promise<Exclude<T, false | undefined>> {
  const endMs = performance.now() + withinMs
  const look = async (): Promise<Exclude<T, false | undefined>> => {
    // eslint-disable-next-line no-restricted-syntax -- this is the bound
    for (;;) {
      const found = await find()
      if (found !== undefined && found !== false) return found as Exclude<T, false | undefined>
      // A loop of microtasks keeps timers from firing, so check the time here too.
      if (performance.now() > endMs) throw inVain(what, withinMs, seen)
      await step()
    }
  }
  return within(what, look(), { withinMs, seen })
}

/** The result of `promise`, or after the time-out an error: what was awaited and what was seen instead. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  { seen, withinMs = patienceMs }: Omit<Patience, 'step'> = {},
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(inVain(what, withinMs, seen)), withinMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** For `step`: one turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const shortSleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

function inVain(what: string, withinMs: number, seen: (() => unknown) | undefined): Error {
  const last = seen?.()
  const shown = typeof last === 'string' ? last : inspect(last, { depth: 4, breakLength: 110 })
  return new Error(
    `${what}: not within ${withinMs / 1000} s${seen === undefined ? '' : `; there is ${shown}`}`,
  )
}
