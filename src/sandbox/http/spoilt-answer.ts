import type { ServerResponse } from 'node:http'
import type { SandboxClock } from '../clock.ts'
import type { Answer } from './answer.ts'

/** Faults in the body of a real response. They can be combined. */
export interface BodyFault {
  /** Replaces every byte by noise; status, headers and length stay. */
  readonly noise?: boolean
  /** The body never ends: a WAV file continues its tone, anything else repeats its bytes. */
  readonly endless?: boolean
  /** Breaks the connection after this many bytes of the body. */
  readonly cutAfterBytes?: number
  /** Sends nothing more after this many bytes of the body and keeps the connection open. */
  readonly stallAfterBytes?: number
  /** Limits the speed, on the sandbox's clock. */
  readonly bytesPerSecond?: number
}

export function spoilsBody(fault: BodyFault): boolean {
  const { noise, endless, cutAfterBytes, stallAfterBytes, bytesPerSecond } = fault
  return (
    noise === true ||
    endless === true ||
    [cutAfterBytes, stallAfterBytes, bytesPerSecond].some((bytes) => bytes !== undefined)
  )
}

/**
 * Sends the response with the faults applied. Returns early when the client disconnects or `signal` aborts.
 */
export async function sendSpoilt(
  answer: Answer,
  fault: BodyFault,
  response: ServerResponse,
  clock: SandboxClock,
  signal: AbortSignal,
): Promise<void> {
  const { cutAfterBytes, stallAfterBytes = Infinity, bytesPerSecond = Infinity } = fault
  const isEndless = fault.endless === true
  response.writeHead(isEndless ? 200 : answer.status, isEndless ? withoutLength(answer) : lengthOf(answer))
  response.flushHeaders()
  const most = Math.min(cutAfterBytes ?? Infinity, stallAfterBytes)
  let sent = 0
  for await (const piece of isEndless ? endlessBody(answer) : wholeBody(answer)) {
    for (let from = 0; from < piece.length && sent < most;) {
      const size = Math.min(most - sent, Math.ceil(bytesPerSecond / STEPS_A_SECOND))
      const part = piece.subarray(from, from + size)
      await written(response, fault.noise === true ? noise(part.length) : part)
      from += part.length
      sent += part.length
      if (bytesPerSecond < Infinity) {
        await clock.sleep((part.length / bytesPerSecond) * 1000, signal).catch(() => undefined)
      }
      if (response.destroyed || signal.aborted) return
    }
    if (sent >= most) break
  }
  if (sent < most) response.end()
  else if (sent === cutAfterBytes) response.destroy()
}

const STEPS_A_SECOND = 4

async function* wholeBody({ body }: Answer): AsyncGenerator<Buffer> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) yield Buffer.from(body)
  else for await (const piece of body) yield piece as Buffer
}

async function* endlessBody(answer: Answer): AsyncGenerator<Buffer> {
  if (answer.endless) {
    for await (const piece of answer.endless()) yield piece as Buffer
  }
  const pieces: Buffer[] = []
  for await (const piece of wholeBody(answer)) pieces.push(piece)
  while (pieces.length > 0) yield* pieces
}

function withoutLength({ headers }: Answer): Record<string, string> {
  const told = ['content-length', 'content-range', 'accept-ranges']
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !told.includes(name)))
}

function lengthOf({ headers, body }: Answer): Record<string, string> {
  const isWhole = typeof body === 'string' || Buffer.isBuffer(body)
  return { ...headers, ...(isWhole && { 'content-length': String(Buffer.byteLength(body)) }) }
}

/** Neither audio nor text, and the same in every run. */
function noise(length: number): Buffer {
  let state = 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return state >>> 24
    }),
  )
}

/** Resolves when the operating system has the bytes, so that breaking the connection does not lose them. */
function written(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve()
    else {
      response.once('close', resolve)
      response.write(bytes, () => {
        response.off('close', resolve)
        resolve()
      })
    }
  })
}
