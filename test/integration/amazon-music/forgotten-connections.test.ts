import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { forgetfulRouter, type ForgetfulRouter } from '../../support/forgetful-router.ts'
import { startSignedIn, type SignedIn } from './signed-in-client.ts'

/** A client whose one connection leads through a router that forgets it. */
async function behindRouter(t: TestContext): Promise<SignedIn & { readonly router: ForgetfulRouter }> {
  let router: ForgetfulRouter | undefined
  const signedIn = await startSignedIn(t, {}, async (service) => {
    router = await forgetfulRouter(t, service)
    return router.url
  })
  assert.ok(router, 'router')
  return { ...signedIn, router }
}

test(
  'search and shuffle answer although a router has forgotten the connection',
  { timeout: 60_000 },
  async (t) => {
    const { client, signal, mrn, router } = await behindRouter(t)
    const { sessionId } = await client.createSession({ id: mrn('album') }, {}, 3, signal)
    router.forget()
    const hits = await client.search('a', 'track', 3, signal)
    assert.ok(hits.length > 0, `hits.length > 0: ${hits.length}`)
    router.forget()
    await client.setShuffle(sessionId, true, signal)
    assert.equal(client.counts.calls.ok, 3)
  },
)

test('a session is not made twice, whatever became of the first request', { timeout: 60_000 }, async (t) => {
  const { client, sandbox, signal, mrn, router } = await behindRouter(t)
  await client.getActiveSessions(signal)
  router.forgetAloud()
  await assert.rejects(client.createSession({ id: mrn('album') }, {}, 3, signal), { code: 'net/failed' })
  assert.equal(sandbox.control.requests('POST', '/v1/playback/sessions').length, 0)
  assert.equal(router.connections, 1)
})
