import type { Socket } from 'node:net'

import { AppError } from '../lib/errors.ts'

/**
 * The first line that arrives on `socket`, without its line feed; undefined when the other side ends before
 * the line is complete.
 *
 * @throws AppError `net/too-large` past `longestBytes`; the reason of `signal`
 */
export async function readLine(
  socket: Socket,
  longestBytes: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  signal.throwIfAborted()
  const chunks: Buffer[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      socket.off('data', onData).off('close', onClose).off('end', onClose).off('error', onClose)
      signal.removeEventListener('abort', onAbort)
      finish()
    }
    const onData = (chunk: Buffer): void => {
      const end = chunk.indexOf('\n')
      const part = end === -1 ? chunk : chunk.subarray(0, end)
      bytes += part.length
      if (bytes > longestBytes) {
        settle(() => reject(new AppError('net/too-large', `a line longer than ${longestBytes} bytes`)))
        return
      }
      chunks.push(part)
      if (end !== -1) settle(() => resolve(Buffer.concat(chunks).toString('utf8')))
    }
    const onClose = (): void => settle(() => resolve(undefined))
    const onAbort = (): void => settle(() => reject(signal.reason as Error))
    socket.on('data', onData).on('close', onClose).on('end', onClose).on('error', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
