import { type TestAgent } from '../../support/agent.ts'
import type { Received } from '../../support/mqtt/mqtt-client.ts'

/** The agent's messages to Home Assistant since `mark`, by topic under the prefix. */
export function configs(agent: TestAgent, mark = 0): readonly Received[] {
  return agent.messages.slice(mark).filter(({ topic }) => topic.startsWith('homeassistant/'))
}

export function deviceConfigs(agent: TestAgent, mark = 0): readonly Received[] {
  return configs(agent, mark).filter(({ topic }) => topic.startsWith('homeassistant/device/'))
}

export function componentsIn(message: Received | undefined): Record<string, Record<string, unknown>> {
  const payload = JSON.parse(message?.text ?? '{}') as {
    components?: Record<string, Record<string, unknown>>
  }
  return payload.components ?? {}
}
