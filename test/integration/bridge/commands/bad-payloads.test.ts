import assert from 'node:assert/strict'

import { errorCodes, type ErrorCode } from '../../../../src/lib/error-codes.ts'
import type { TestAgent } from '../../../support/agent.ts'
import { prefix, type Answer } from '../../../support/built-agent.ts'
import { badPayloads, type BadPayload } from './bad-payloads.ts'
import { onEachVersion } from '../each-mqtt-version.ts'

/** What the broker keeps for the device, but `health`, which counts. */
async function picture(agent: TestAgent): Promise<ReadonlyMap<string, string>> {
  const kept = await agent.retained()
  return new Map(
    [...kept]
      .filter(([name]) => name !== 'health')
      .map(([name, { payload }]) => [name, payload.toString('hex')]),
  )
}

onEachVersion(
  'each of more than 200 bad payloads is answered once, in words, and changes nothing',
  async (agent) => {
    await agent.ask('set', '{"volume":37,"muted":true}')
    await agent.play('sunday kitchen', 'playlist')
    const before = await picture(agent)
    const requests = agent.sandbox.control.state().requests

    assert.ok(badPayloads.length >= 200, `${badPayloads.length} bad payloads`)
    const problems: string[] = []
    for (const bad of badPayloads) {
      try {
        checkAnswers(bad, await answersTo(bad, agent))
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error))
      }
    }
    assert.deepEqual(problems, [])

    assert.deepEqual(await picture(agent), before)
    assert.equal(agent.sandbox.control.state().requests, requests, 'no request reached the service')
    assert.equal(agent.messages.filter(({ text }) => text === 'offline').length, 0, 'the connection held')
    assert.equal((await agent.ask('command', 'pause')).status, 'ok', 'and it still does what it should')
  },
  { env: { A2M_GROUPS: 'up' } },
)

/** All that the agent said about it. */
async function answersTo({ topic, payload }: BadPayload, agent: TestAgent): Promise<readonly string[]> {
  const mark = agent.messages.length
  const answers = (): readonly string[] =>
    agent
      .since(mark)
      .filter(({ topic: name }) => name !== `${prefix}/health`)
      .map(({ text }) => text)
      .filter((text) => !text.includes('"barrier-'))
  await agent.publish(topic, payload)
  await agent.until(`an answer to ${topic} ${payload.toString().slice(0, 80)}`, () => answers().length > 0)
  // A second one would come before this is through.
  await agent.settle()
  return answers()
}

function checkAnswers(
  { topic, payload, code = 'command/payload' }: BadPayload,
  texts: readonly string[],
): void {
  const what = `${topic} ${payload.toString().slice(0, 80)}`
  assert.equal(texts.length, 1, `${what}: one answer and nothing else, not ${JSON.stringify(texts)}`)
  const answer = JSON.parse(texts[0] ?? '') as Answer
  assert.equal(answer.status, 'error', what)
  const { error } = answer
  assert.ok(error !== undefined && error.code in errorCodes, what)
  assert.equal(error.code, code, `${what}: ${error.message}`)
  assert.notEqual(errorCodes[error.code as ErrorCode].kind, 'internal', what)
  assert.match(error.message, /^\S+ .*[a-z]{2,}/s, `${what}: in words`)
  // What the sender wrote is quoted.
  const own = error.message.replace(/"(\\.|[^"])*"/g, '')
  assert.doesNotMatch(own, /undefined|\[object|NaN|TypeError|SyntaxError/, what)
  assert.ok(error.message.length < 1_000, what)
  assert.deepEqual([error['retryable'], error['retry_after_seconds']], [false, null], what)
}
