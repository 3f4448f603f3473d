import { startSandbox } from '../../src/sandbox/sandbox.ts'
import type { StartPeer } from './peer.ts'
import { Person } from './person.ts'

/** The agent's own stand-in for Login with Amazon, answered at its page like the real one. */
export const startSandboxPeer: StartPeer = async (t, clock) => {
  const clientId = 'amzn1.application-oa2-client.11111111'
  const otherClientId = 'amzn1.application-oa2-client.22222222'
  const sandbox = await startSandbox({ clock, rotation: 'at-once', clientIds: [clientId, otherClientId] })
  t.after(() => sandbox.close())
  const decide = async (uri: string, decision: string): Promise<void> => {
    const person = new Person()
    await person.submit(await person.open(uri), { account: 'ada', decision })
  }

  return {
    lwaUrl: new URL(sandbox.url),
    clientId,
    otherClientId,
    unknownClientId: 'amzn1.application-oa2-client.33333333',
    scopes: ['music::playback', 'profile:user_id'],
    userId: sandbox.control.state().accounts[0]?.userId ?? '',
    allow: (pair) => decide(pair.verificationUriComplete, 'allow'),
    deny: (pair) => decide(pair.verificationUriComplete, 'deny'),
    revoke() {
      sandbox.control.revokeRefreshTokens()
      return Promise.resolve()
    },
  }
}
