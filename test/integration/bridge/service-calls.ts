import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import type { TestAgent } from '../../support/agent.ts'
import { prefix } from '../../support/built-agent.ts'

/** The playback and search calls that reached the service, as `POST …/next`; event reports left out. */
export function calls(sandbox: Sandbox): string[] {
  return sandbox.control
    .requests(undefined, '/v1/')
    .filter(({ path }) => !path.startsWith('/v1/playback/event'))
    .map(({ method, path }) => `${method} ${path.replace('/v1/', '').replace(uuid, '{id}')}`)
}

/** The event reports the service took, as `stop userNext`. */
export function reports(sandbox: Sandbox): string[] {
  return sandbox.control
    .reports()
    .map(({ event }) => [event.type, event.terminationReason].filter((word) => word !== null).join(' '))
}

const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}/

/** Topic `state` as it stood at the broker when the latest answer arrived. */
export function stateBeforeAnswer(agent: TestAgent): Record<string, unknown> {
  const { messages } = agent
  const answered = messages.findLastIndex(
    ({ topic, text }) =>
      (topic === `${prefix}/result` || topic.startsWith(`${prefix}/response/`)) &&
      !text.includes('"barrier-'),
  )
  const state = messages.findLast(({ topic }, index) => topic === `${prefix}/state` && index < answered)
  return JSON.parse(state?.text ?? '{}') as Record<string, unknown>
}

/** Of `whole`, the keys that `part` has. */
export function pick(whole: Record<string, unknown>, part: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(part).map((key) => [key, whole[key]]))
}
