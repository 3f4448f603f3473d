import { request as requestHttps } from 'node:https'

/** The longest time a message about a certificate waits for the date. */
const longestMs = 5_000

/**
 * Asks the server at `url` for the time, without a check of its certificate. So the request reveals nothing
 * but that somebody asks for `/`, and the answer serves only for messages to people.
 *
 * @param leftMs time limit, whatever the server does meanwhile
 * @returns its `Date` header; undefined when none came in time
 * @throws signal.reason
 */
export function askDate(
  url: URL,
  userAgent: string,
  leftMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    // Not `timeout`, which starts again with every byte.
    const late = AbortSignal.timeout(Math.min(leftMs, longestMs))
    const asking = requestHttps(
      new URL('/', url),
      { method: 'HEAD', rejectUnauthorized: false, agent: false, headers: { 'user-agent': userAgent } },
      ({ headers }) => {
        resolve(headers.date)
        asking.destroy()
      },
    )
    const stop = (): void => {
      reject(signal.reason as Error)
      asking.destroy()
    }
    const giveUp = (): void => {
      resolve(undefined)
      asking.destroy()
    }
    signal.addEventListener('abort', stop, { once: true })
    late.addEventListener('abort', giveUp, { once: true })
    asking.on('close', () => {
      signal.removeEventListener('abort', stop)
      late.removeEventListener('abort', giveUp)
      resolve(undefined)
    })
    asking.on('error', () => resolve(undefined))
    asking.end()
  })
}
