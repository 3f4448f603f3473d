import { lookup } from 'node:dns'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

import { AppError } from '../errors.ts'
import { networkCode } from './http.ts'

export interface WebStreamRequest {
  readonly url: URL
  /** Sent to every server of a redirect chain: no secrets. */
  readonly headers: Readonly<Record<string, string>>
  /** Hosts (`nas.lan`, `[::1]:8123`) that may be on this machine or its link. */
  readonly allowedHosts: readonly string[]
  /** PEM of the trusted authorities. Default: those of Node. */
  readonly ca?: readonly string[]
  /** How long each server of the chain may take to begin its answer, in milliseconds. */
  readonly answerWithinMs: number
}

const mostRedirects = 5
const redirects = [301, 302, 303, 307, 308]

/** Addresses of this machine and its link: loopback, "this host", link-local, also as IPv4 in IPv6. */
const near = new BlockList()
for (const [network, prefix, family] of [
  ['0.0.0.0', 8, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  // NAT64 (RFC 6052), and the deprecated form of IPv4 in IPv6 (RFC 4291 section 2.5.5.1).
  ['64:ff9b::', 104, 'ipv6'],
  ['64:ff9b::7f00:0', 104, 'ipv6'],
  ['64:ff9b::a9fe:0', 112, 'ipv6'],
  ['::7f00:0', 104, 'ipv6'],
  ['::a9fe:0', 112, 'ipv6'],
] as const) {
  near.addSubnet(network, prefix, family)
}

/** Whether an IP address, without brackets, belongs to this machine or its link. */
export function isNearAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  const family = isIP(bare)
  return family !== 0 && near.check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

/** Whether the URL alone shows that it leads to this machine or its link, and the host is not allowed. */
export function leadsNear(url: URL, allowedHosts: readonly string[]): boolean {
  if (isAllowed(url, allowedHosts)) return false
  const name = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return isNearAddress(name) || name === 'localhost' || name.endsWith('.localhost')
}

/**
 * GET that follows redirects, to addresses of neither this machine nor its link. Each address is checked when
 * the connection is made: a name may resolve to another address the next time.
 *
 * @returns the last answer, whatever its status, with its body as a stream; end it with `destroy()`
 * @throws AppError `playback/announce-host`, `net/*`, without the address; signal.reason
 */
export async function openWebStream(
  request: WebStreamRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let at = request.url
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const answer = await ask(at, request, signal)
    const to = answer.headers.location
    if (!redirects.includes(answer.statusCode ?? 0) || to === undefined) return answer
    answer.destroy()
    const next = URL.canParse(to, at.href) ? new URL(to, at) : undefined
    if (next === undefined || (next.protocol !== 'https:' && next.protocol !== 'http:')) {
      throw new AppError('net/answer', 'a redirect that leads nowhere')
    }
    at = next
  }
  throw new AppError('net/answer', 'redirects in circles')
}

function ask(
  url: URL,
  { headers, allowedHosts, ca, answerWithinMs }: WebStreamRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    if (leadsNear(url, allowedHosts)) throw refused()
    const options = {
      headers,
      agent: false,
      ...(isAllowed(url, allowedHosts) ? {} : { lookup: guarded }),
    } as const
    const asking =
      url.protocol === 'https:'
        ? requestHttps(url, ca === undefined ? options : { ...options, ca: [...ca] })
        : requestHttp(url, options)
    const late = AbortSignal.timeout(answerWithinMs)
    const fail = (error: unknown): void => {
      over()
      asking.destroy()
      reject(signal.aborted ? (signal.reason as Error) : asAppError(error))
    }
    const giveUp = (): void => fail(new AppError('net/timeout', 'no answer in time'))
    const over = (): void => {
      late.removeEventListener('abort', giveUp)
      signal.removeEventListener('abort', giveUp)
    }
    late.addEventListener('abort', giveUp, { once: true })
    signal.addEventListener('abort', giveUp, { once: true })
    asking.on('error', fail)
    asking.on('response', (answer) => {
      over()
      resolve(answer)
    })
    asking.end()
  })
}

/** Node's lookup, without the addresses of this machine and its link. */
const guarded: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const far = error === null ? found.filter(({ address }) => !isNearAddress(address)) : []
    const [first] = far
    if (error !== null) done(error, [])
    else if (first === undefined) done(refused(), [])
    else if (options.all === true) done(null, far)
    else done(null, first.address, first.family)
  })
}

function isAllowed(url: URL, allowedHosts: readonly string[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return allowedHosts.includes(url.hostname) || allowedHosts.includes(`${url.hostname}:${port}`)
}

function refused(): AppError {
  return new AppError('playback/announce-host', 'The address leads to this device itself, or to its own link')
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = (error as { readonly code?: unknown }).code
  const name = typeof code === 'string' ? code : 'failed'
  return new AppError(networkCode(name), name)
}
