import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../../src/lib/errors.ts'
import { probeAgent } from '../../../../src/diagnostics/probes/agent.ts'
import { askAgent, type AgentAnswer } from '../../../../src/diagnostics/agent-answer.ts'
import type { Finding } from '../../../../src/diagnostics/finding.ts'

const said = async (answer: AgentAnswer): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  await probeAgent(Promise.resolve(answer), '1.0.0', (finding) => findings.push(finding))
  return findings
}

const status = {
  account: { state: 'signed_in', linked: true, error: null },
  login: { state: 'idle', user_code: null },
  broker: 'connected',
  playback: 'idle',
}

test('an agent of before doctor is asked for its status', async () => {
  const asked: string[] = []
  const answer = await askAgent((request) => {
    asked.push(request)
    return request === 'doctor'
      ? Promise.reject(new AppError('command/unknown', 'The running agent does not know "doctor"'))
      : Promise.resolve(status)
  })
  assert.deepEqual(asked, ['doctor', 'status'])
  assert.deepEqual([answer.kind, answer.account?.state, answer.music], ['runs', 'signed_in', undefined])
  assert.deepEqual(
    (await said(answer)).map(({ mark, name }) => `${mark} ${name}`),
    ['ok agent', 'ok account', 'ok its broker', 'info playback'],
  )
})

test('that none runs, does not answer, or may not be asked is told apart', async () => {
  const marks = async (answer: AgentAnswer): Promise<string> => {
    const [finding] = await said(answer)
    return `${finding?.mark ?? ''} ${finding?.code ?? ''}`.trim()
  }
  assert.equal(await marks(await askAgent(() => Promise.resolve(undefined))), 'warn')
  const failing = (code: ConstructorParameters<typeof AppError>[0]): Promise<AgentAnswer> =>
    askAgent(() => Promise.reject(new AppError(code, 'x')))
  assert.equal(await marks(await failing('net/timeout')), 'FAIL net/timeout')
  assert.equal(await marks(await failing('state/unwritable')), 'warn')
  assert.equal(await marks(await failing('command/stopping')), 'info')
  assert.equal(await marks(await askAgent(() => Promise.resolve({ account: 7 }))), 'FAIL net/answer')
})

test('the code that waits for the user is not passed on', async () => {
  const answer = await askAgent(() =>
    Promise.resolve({
      ...status,
      account: { state: 'awaiting_user', linked: false, error: null },
      login: { state: 'awaiting_user', user_code: 'BEYHYS' },
    }),
  )
  const findings = await said(answer)
  assert.match(findings.find(({ name }) => name === 'account')?.words ?? '', /a code waits/)
  assert.equal(JSON.stringify([answer, findings]).includes('BEYHYS'), false)
})

test('a wrong setting that stops the sign-in fails, what is tried again does not', async () => {
  const account = async (state: string, code: string): Promise<Finding | undefined> => {
    const answer = await askAgent(() =>
      Promise.resolve({ ...status, account: { state, error: { code, message: 'so' } } }),
    )
    return (await said(answer)).find(({ name }) => name === 'account')
  }
  const wrong = await account('needs_configuration', 'account/client')
  assert.deepEqual(
    [wrong?.mark, wrong?.code, wrong?.words],
    ['FAIL', 'account/client', 'needs configuration: so'],
  )
  assert.match(wrong?.remedy ?? '', /A2M_LWA_CLIENT_ID/)
  assert.equal((await account('refresh_failing', 'net/refused'))?.mark, 'warn')
})

test('counts that are not 0 are told, also from within', async () => {
  const findings = await said({
    kind: 'runs',
    health: { uptime_seconds: 90, mqtt_dropped: 0, api_calls: { ok: 2, config: 0 } },
  })
  assert.equal(findings.at(-1)?.words, 'uptime seconds 90, api calls ok 2')
})

test('an agent of another version is told from this one', async () => {
  const [finding] = await said({ kind: 'runs', version: '0.9.0' })
  assert.equal(finding?.mark, 'warn')
  assert.match(finding.words, /0\.9\.0/)
})
