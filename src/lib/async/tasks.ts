/** A loop or a one-time job that ends when its signal aborts. */
export type Task = (signal: AbortSignal) => Promise<void>

/**
 * Runs `tasks` side by side until all have ended. The first that throws stops the others, and what it threw is
 * thrown once they have ended, also when `signal` aborts meanwhile. An abort from outside is not an error: this then
 * returns.
 */
export async function runTogether(signal: AbortSignal, tasks: readonly Task[]): Promise<void> {
  const failure = new AbortController()
  const both = AbortSignal.any([signal, failure.signal])
  await Promise.allSettled(
    tasks.map(async (task) => {
      try {
        await task(both)
      } catch (error) {
        // Without a reason the abort would make one that looks like a cancellation.
        if (!both.aborted) failure.abort(error ?? new Error('A task failed and threw nothing'))
        throw error
      }
    }),
  )
  // Aborted only by a task that failed while nobody had asked it to stop.
  if (failure.signal.aborted) throw failure.signal.reason
}

/** Whether `error` only says that somebody was asked to stop. */
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

/** A job nobody waits for: cancellation is dropped, any other failure goes to `onFailure`. */
export function detach(
  job: Promise<unknown>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): void {
  job.catch((error: unknown) => {
    if (!signal.aborted) onFailure(error)
  })
}

/** Waits for `job`, but no longer than until `signal` aborts: then rejects with its reason, and `job` goes on. */
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
    // A signal may live as long as the agent: nothing is left hanging on it.
    settled.abort()
  }
}
