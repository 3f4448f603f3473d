import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { SandboxClock } from '../clock.ts'
import { jsonAnswer, type Answer } from './answer.ts'
import { Call } from './call.ts'
import type { Fault, Faults } from './faults.ts'
import type { RecordedRequests } from './recorded-requests.ts'
import type { Routes } from './routes.ts'
import { sendSpoilt, spoilsBody } from './spoilt-answer.ts'

/** Larger than any request of these protocols. A longer body is discarded. */
const MAX_BODY_BYTES = 1_048_576
const EMPTY = Buffer.alloc(0)

export interface Serving {
  readonly routes: Routes
  readonly faults: Faults
  readonly recorded: RecordedRequests
  readonly clock: SandboxClock
  /** Ends the waits of delay faults. */
  readonly signal: AbortSignal
  readonly log: (line: string) => void
}

export function sandboxServer(serving: Serving): Server {
  return createServer((request, response) => {
    serve(serving, request, response).catch((error: unknown) => {
      serving.log(`sandbox: ${request.method ?? '?'} request failed: ${String(error)}`)
      response.destroy()
    })
  })
}

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET'
  const body = hasNoBody(method, request) ? EMPTY : await readBody(request)
  const call = new Call(method, request.url ?? '/', request.headers, body ?? EMPTY)
  const isControl = call.path === '/control' || call.path.startsWith('/control/')
  const note = (status: number): void => {
    if (!isControl) serving.recorded.add(call, serving.clock.monotonicMs(), serving.clock.epochMs(), status)
  }
  // The control API shows every secret: phones that can reach the sign-in page must not reach it.
  if (isControl && !fromThisMachine(request)) {
    return send(call, response, jsonAnswer(403, { message: 'The control API answers this machine only' }))
  }
  if (body === null) {
    note(413)
    return send(call, response, { status: 413, headers: { connection: 'close' }, body: '' })
  }
  const fault = isControl ? null : serving.faults.meet(method, call.path)
  if (fault?.delayMs !== undefined) {
    await serving.clock.sleep(fault.delayMs, serving.signal).catch(() => undefined)
  }
  if (fault?.drop === 'before') {
    note(0)
    response.destroy()
    return
  }
  const answer = (fault && scripted(fault)) ?? (await answerOf(serving, call))
  if (fault?.drop === 'after') {
    note(0)
    response.destroy()
    return
  }
  note(answer.status)
  if (fault && method !== 'HEAD' && spoilsBody(fault)) {
    return sendSpoilt(answer, fault, response, serving.clock, serving.signal)
  }
  return send(call, response, answer)
}

async function answerOf(serving: Serving, call: Call): Promise<Answer> {
  const handle = serving.routes.find(call)
  // No public page shows the response to an unknown path. This body distinguishes it from
  // `RESOURCE_NOT_FOUND`.
  if (handle === null) return jsonAnswer(404, { message: 'Not Found' })
  try {
    const answer = handle(call)
    return answer instanceof Promise ? await answer : answer
  } catch (error) {
    serving.log(
      `sandbox: ${call.method} ${call.path}: ${error instanceof Error ? String(error.stack) : String(error)}`,
    )
    return jsonAnswer(500, { message: 'Internal Server Error' })
  }
}

function fromThisMachine({ socket }: IncomingMessage): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '')
}

/** The response a fault sends instead of the real one; null when the request is served. */
function scripted(fault: Fault): Answer | null {
  const type = { 'content-type': 'application/json;charset=UTF-8', ...fault.headers }
  if (fault.garbage === true)
    return { status: fault.status ?? 200, headers: type, body: '\u0000{"access_tok' }
  if (fault.status === undefined) return null
  const body = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {})
  return { status: fault.status, headers: type, body }
}

function hasNoBody(method: string, request: IncomingMessage): boolean {
  if (request.headers['transfer-encoding'] !== undefined) return false
  const length = request.headers['content-length']
  return length === '0' || (length === undefined && (method === 'GET' || method === 'HEAD'))
}

/** The whole body; null when it exceeds the limit. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks, bytes)
}

async function send(call: Call, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, headers, body } = answer
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) {
    response.writeHead(status, headers)
    if (call.method === 'HEAD') {
      body.destroy()
      response.end()
      return
    }
    // A player that seeks closes the connection in the middle of a track: not an error.
    await pipeline(body, response).catch(() => undefined)
    return
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(call.method === 'HEAD' ? undefined : body)
}
