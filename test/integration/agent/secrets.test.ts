import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { signedInAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

const hourMs = 3_600_000
const token = '/auth/o2/token'
const anyCall = '/v1/playback'

test(
  'a day of life at level trace, failures included, and no secret in a log, a topic, a file or argv but the token store',
  { skip: noMosquitto },
  async (t) => {
    const agent = await signedInAgent(t, {
      env: { A2M_MQTT_LOG_LEVEL: 'trace' },
      // Or the lost answer below would end the sign-in.
      sandbox: { rotation: 'on-first-use' },
    })
    const { clock, sandbox } = agent
    const { control } = sandbox
    const refreshes = (): number => control.requests('POST', token).length
    await agent.play('sunday kitchen', 'playlist')

    const troubles: readonly (() => unknown)[] = [
      () => control.fault({ path: token, status: 503, body: { error: 'ServerError' } }),
      () => control.fault({ path: token, garbage: true }),
      () => control.fault({ path: token, drop: 'after' }),
      () => control.fault({ path: token, status: 500, body: '<html>out of order</html>' }),
      () => control.expireAccessTokens(),
      () =>
        control.fault({
          path: anyCall,
          status: 500,
          body: { error: { status: '500', code: 'INTERNAL', message: 'x' } },
        }),
      () => control.fault({ path: anyCall, garbage: true }),
      () => control.fault({ path: anyCall, drop: 'before' }),
      () => control.lapseSessions(),
      () => control.forgetSessions(),
    ]
    const endMs = clock.monotonicMs() + 24 * hourMs
    for (let hour = 0; clock.monotonicMs() < endMs; hour++) {
      troubles[hour % troubles.length]?.()
      for (const [topic, payload] of [
        ['command', 'next'],
        ['request/call', '{"operation":"getActiveSessions"}'],
        [
          'request/call',
          '{"operation":"createSession","arguments":{"id":"mrn:1.0:catalog:album:asin:B000000000"}}',
        ],
        ['request/queue', '{"refresh":true}'],
        ['request/search', '{"query":"tide"}'],
        ['command', 'no such verb'],
      ] as const) {
        await agent.publish(topic, payload)
      }
      const seen = refreshes()
      await agent.drive('an hour', () => refreshes() > seen, hourMs / 12)
    }
    control.revokeRefreshTokens()
    const codes = control.codes().length
    await agent.drive('a new code by itself', () => control.codes().length > codes, hourMs / 12)
    await agent.signIn()
    await agent.settle()
    await agent.stop()

    const secrets = Object.values(control.secrets()).flat() as readonly string[]
    assert.ok(secrets.length > 60, `${secrets.length} secrets were issued`)
    const said = agent.messages.map(({ topic, text }) => `${topic} ${text}`).join('\n')
    const logged = agent.log.join('')
    assert.ok(said.includes('/log ') && logged.includes('"level":"debug"'), 'everything was told')
    const files = readdirSync(agent.stateDir).filter((name) => !/^tokens(\.previous)?\.json$/.test(name))
    const stored = files.map((name) => readFileSync(join(agent.stateDir, name), 'utf8')).join('\n')
    for (const secret of secrets) {
      assert.ok(!said.includes(secret), 'a secret on a topic')
      assert.ok(!logged.includes(secret), 'a secret in the log')
      assert.ok(!stored.includes(secret), 'a secret in a file')
    }
  },
)
