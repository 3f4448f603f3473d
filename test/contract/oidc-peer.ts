import { createServer, type RequestListener } from 'node:http'

import Provider from 'oidc-provider'

import { listen, stop } from '../support/listen.ts'
import { startLwaFront } from '../support/oidc-lwa-proxy.ts'
import type { ShownPair, StartPeer } from './peer.ts'
import { Person, type Page } from './person.ts'

const clients = ['living-room', 'kitchen'].map((client_id) => ({
  client_id,
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  response_types: [],
  redirect_uris: [],
}))

/**
 * oidc-provider, a certified OpenID provider that shares no code and no author with the agent, behind a front that
 * translates names. It knows no interval (so the default of RFC 8628 is used) and sends `Bearer` with a capital.
 */
export const startOidcPeer: StartPeer = async (t) => {
  let handle: RequestListener = (_request, response) => response.destroy()
  const server = createServer((request, response) => handle(request, response))
  const url = await listen(server)
  const provider = new Provider(url, {
    clients,
    scopes: ['openid', 'offline_access', 'music::playback', 'profile:user_id'],
    cookies: { keys: ['of no importance'] },
    features: {
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      devInteractions: { enabled: true },
    },
    findAccount: (_ctx: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
  })
  handle = provider.callback()
  const front = await startLwaFront(url)
  t.after(async () => {
    await front.close()
    await stop(server)
  })

  return {
    lwaUrl: new URL(front.url),
    clientId: 'living-room',
    otherClientId: 'kitchen',
    unknownClientId: 'cellar',
    scopes: ['music::playback', 'profile:user_id'],
    userId: 'ada',
    async allow(pair) {
      const person = new Person()
      let page = await person.submit(await enterCode(person, pair), { confirm: 'yes' })
      page = await person.submit(page, { prompt: 'login', login: 'ada', password: 'x' })
      page = await person.submit(page, { prompt: 'consent' })
      if (!page.html.includes('Sign-in Success')) throw new Error(`not allowed: ${page.html}`)
    },
    async deny(pair) {
      const person = new Person()
      await person.submit(await enterCode(person, pair), { abort: 'yes' })
    },
    revoke: () => front.revoke(),
  }
}

async function enterCode(person: Person, { verificationUri, userCode }: ShownPair): Promise<Page> {
  return person.submit(await person.open(verificationUri), { user_code: userCode })
}
