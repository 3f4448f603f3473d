import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startTestAgent } from '../../../support/agent.ts'
import { readQr, withoutQrReader } from '../../../support/screen/qr-reader.ts'
import { integrationTest } from '../each-mqtt-version.ts'

test(
  'the code is shown as text and as a QR code while it waits, and both are cleared after the sign-in',
  { ...integrationTest, skip: integrationTest.skip || withoutQrReader },
  async (t) => {
    const agent = await startTestAgent(t)
    await agent.said('login/status', ({ text }) => text === 'pending')
    assert.ok((agent.now('login/qr') ?? '') !== '', 'who is told to look finds a picture')
    const login = JSON.parse(agent.now('login') ?? '{}') as Record<string, string>
    assert.deepEqual(Object.keys(login), [
      'state',
      'user_code',
      'verification_uri',
      'verification_uri_complete',
      'expires_at',
      'attempt',
    ])
    const [code] = agent.sandbox.control.codes()
    assert.equal(login['user_code'], code?.userCode)
    assert.equal(
      login['verification_uri_complete'],
      `${login['verification_uri'] ?? ''}?cbl-code=${code?.userCode ?? ''}`,
    )
    assert.ok(
      !agent.since(0).some(({ text }) => text.includes(code?.deviceCode ?? '')),
      'the device code on a topic',
    )
    const { payload, qos } = await agent.said('login/qr', (message) => message.payload.length > 0)
    assert.equal(qos, 1)
    assert.equal(await readQr(t, payload), login['verification_uri_complete'])
    assert.equal(agent.state()['state'], 'off')

    await agent.signIn()
    const kept = await agent.retained()
    assert.ok(!kept.has('login/qr'), 'zero bytes')
    assert.equal(kept.get('login/status')?.text, 'idle')
    const after = JSON.parse(kept.get('login')?.text ?? '{}') as Record<string, unknown>
    assert.deepEqual(Object.values(after), ['idle', null, null, null, null, null])
    assert.equal(agent.state()['state'], 'idle')
    const account = JSON.parse(kept.get('account')?.text ?? '{}') as Record<string, unknown>
    assert.deepEqual(Object.keys(account), [
      'state',
      'linked',
      'scopes',
      'user_id',
      'token_expires_at',
      'refreshed_at',
      'error',
    ])
    assert.deepEqual([account['state'], account['linked'], account['error']], ['signed_in', true, null])
    const types = agent
      .since(0)
      .filter(({ topic }) => topic.endsWith('/event'))
      .map(({ text }) => (JSON.parse(text) as { event_type: string }).event_type)
    assert.ok(types.includes('login_succeeded') && types.includes('token_refreshed'), types.join(', '))
  },
)

test(
  'a code that nobody uses is followed by others, and then by a request for action',
  integrationTest,
  async (t) => {
    const agent = await startTestAgent(t)
    const state = (): unknown => (JSON.parse(agent.now('login') ?? '{}') as Record<string, unknown>)['state']
    await agent.drive('the codes run out', () => state() === 'waiting_for_user_action', 30_000)
    assert.equal(agent.now('login/status'), 'idle')
    const events = agent
      .since(0)
      .filter(({ topic }) => topic.endsWith('/event'))
      .map(({ text }) => JSON.parse(text) as Record<string, unknown>)
    const expired = events.filter(({ event_type: type }) => type === 'login_expired')
    assert.deepEqual(
      expired.map(({ attempt }) => attempt),
      [1, 2, 3],
    )
    await agent.ask('command', 'login')
    await agent.until('another code', () => state() === 'awaiting_user')
    agent.sandbox.control.deny()
    await agent.drive('the denial', () => state() === 'waiting_for_user_action', 10_000)
    await agent.said('event', ({ text }) => text.includes('"event_type":"login_denied"'))
  },
)
