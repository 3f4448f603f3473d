/** A loop or a one-time job that ends when its signal aborts. */
export type Task = (signal: AbortSignal) => Promise<void>

/**
 * Runs `tasks` in parallel until all have ended. The first that throws stops the others, and its error is
 * thrown when they have ended, even if `signal` aborts meanwhile. An abort from outside is not an error: the
 * call then returns.
 */
export async function runTogether(signal: AbortSignal, tasks: readonly Task[]): Promise<void> {
  const failure = new AbortController()
  const both = AbortSignal.any([signal, failure.signal])
  await Promise.allSettled(
    tasks.map(async (task) => {
      try {
        await task(both)
      } catch (error) {
        // An abort without a reason would look like a cancellation.
        if (!both.aborted) failure.abort(error ?? new Error('A task failed and threw nothing'))
        throw error
      }
    }),
  )
  // Aborted only by a task that failed before anybody asked it to stop.
  if (failure.signal.aborted) throw failure.signal.reason
}

/** Whether `error` only reports a cancellation. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Resolves when `signal` aborts; at once if it already has. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Runs a job that nobody awaits. A failure goes to `onFailure`, unless `signal` has aborted. */
export function detach(
  job: Promise<unknown>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): void {
  job.catch((error: unknown) => {
    if (!signal.aborted) onFailure(error)
  })
}

/** Awaits `job`, but rejects with `signal.reason` as soon as `signal` aborts; `job` then continues. */
export async function orAborted<T>(job: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController()
  const abort = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true, signal: settled.signal })
  })
  try {
    return await Promise.race([job, abort])
  } finally {
    // `signal` may live as long as the agent: leave no listener on it.
    settled.abort()
  }
}
