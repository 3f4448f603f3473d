import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

import { listen, stop } from './listen.ts'

interface KnownPair {
  readonly userCode: string
  readonly clientId: string
}

interface Inner {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface LwaFront {
  readonly url: string
  /** As if the user removed the app: revokes the newest refresh token at the inner server. */
  revoke(): Promise<void>
  close(): Promise<void>
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * A reverse proxy that speaks Login with Amazon outside and RFC 8628 inside, so that an independent OAuth
 * server checks the OAuth rules. It translates names and adds only LWA's own rules: a poll has no client id,
 * but the user code of the device code.
 *
 * @param inner base URL of the OAuth server, without a trailing slash
 */
export async function startLwaFront(inner: string): Promise<LwaFront> {
  const pairs = new Map<string, KnownPair>()
  let newest: { readonly refreshToken: string; readonly clientId: string } | undefined

  const ask = async (path: string, form: Record<string, string>): Promise<Inner> => {
    const response = await fetch(inner + path, { method: 'POST', body: new URLSearchParams(form) })
    const answer = await response.text()
    return { status: response.status, body: answer === '' ? {} : (JSON.parse(answer) as Inner['body']) }
  }

  const tokens = async (clientId: string, form: Record<string, string>): Promise<Inner> => {
    const { status, body } = await ask('/token', { ...form, client_id: clientId })
    if (typeof body['refresh_token'] === 'string') newest = { refreshToken: body['refresh_token'], clientId }
    return { status, body: body['error'] === 'expired_token' ? { error: 'invalid_code_pair' } : body }
  }

  const codePair = async (form: URLSearchParams): Promise<Inner> => {
    if (form.get('response_type') !== 'device_code') return refused('invalid_request')
    const clientId = form.get('client_id') ?? ''
    const scope = `openid offline_access ${form.get('scope') ?? ''}`
    const { status, body } = await ask('/device/auth', { client_id: clientId, scope })
    if (status !== 200) return { status, body }
    pairs.set(String(body['device_code']), { userCode: String(body['user_code']), clientId })
    // LWA has no complete URI, whatever the inner server returns.
    return { status, body: { ...body, verification_uri_complete: undefined } }
  }

  const token = async (form: URLSearchParams): Promise<Inner> => {
    if (form.get('grant_type') === 'refresh_token') {
      return tokens(form.get('client_id') ?? '', {
        grant_type: 'refresh_token',
        refresh_token: form.get('refresh_token') ?? '',
      })
    }
    if (form.get('grant_type') !== 'device_code') return refused('unsupported_grant_type')
    if (form.has('client_id')) return refused('invalid_request')
    const deviceCode = form.get('device_code') ?? ''
    const pair = pairs.get(deviceCode)
    if (pair === undefined || pair.userCode !== form.get('user_code')) return refused('invalid_code_pair')
    return tokens(pair.clientId, { grant_type: deviceGrant, device_code: deviceCode })
  }

  const profile = async (authorization: string): Promise<Inner> => {
    const response = await fetch(`${inner}/me`, { headers: { authorization } })
    const body = (await response.json()) as Inner['body']
    return { status: response.status, body: response.ok ? { user_id: body['sub'] } : body }
  }

  const answer = async (request: IncomingMessage): Promise<Inner> => {
    const form = new URLSearchParams(await text(request))
    if (request.url === '/auth/o2/create/codepair') return codePair(form)
    if (request.url === '/auth/o2/token') return token(form)
    if (request.url === '/user/profile') return profile(request.headers.authorization ?? '')
    return { status: 404, body: {} }
  }

  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    answer(request).then(
      ({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      },
      () => response.destroy(),
    )
  })
  const url = await listen(server)

  return {
    url,
    async revoke() {
      if (newest === undefined) throw new Error('no refresh token has been issued yet')
      await ask('/token/revocation', { token: newest.refreshToken, client_id: newest.clientId })
    },
    close: () => stop(server),
  }
}

function refused(error: string): Inner {
  return { status: 400, body: { error } }
}
