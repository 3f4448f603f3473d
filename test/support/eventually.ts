import { inspect } from 'node:util'

/** A busy machine may take its time, and the runner ends a whole file after 600 s: real time, milliseconds. */
export const patienceMs = 30_000

export interface Patience {
  /** What there is instead: shown when what is waited for does not come. */
  readonly seen?: (() => unknown) | undefined
  /** Real time, in milliseconds. Default: {@link patienceMs}. */
  readonly withinMs?: number | undefined
  /** What happens between two looks. Default: 2 ms of real time pass. */
  readonly step?: () => unknown
}

/**
 * Looks again and again until `find` finds something, which it returns.
 *
 * @param what is waited for, as a noun or a sentence; the failure begins with it
 * @throws Error in time, also when `find` or a step never ends: what was waited for, and what was seen instead
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
      // A loop of microtasks keeps timers from firing: so the time is looked at here, too.
      if (performance.now() > endMs) throw inVain(what, withinMs, seen)
      await step()
    }
  }
  return within(what, look(), { withinMs, seen })
}

/** The outcome of `promise`, or an error in time that says what was waited for and what was seen instead. */
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

/** For `step`: a turn of the event loop and no more. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const shortSleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

function inVain(what: string, withinMs: number, seen: (() => unknown) | undefined): Error {
  const last = seen?.()
  const shown = typeof last === 'string' ? last : inspect(last, { depth: 4, breakLength: 110 })
  return new Error(
    `${what}: not within ${withinMs / 1000} s${seen === undefined ? '' : `; there is ${shown}`}`,
  )
}
