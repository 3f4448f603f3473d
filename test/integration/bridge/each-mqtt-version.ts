import { test, type TestContext } from 'node:test'

import { signedInAgent, startTestAgent, type AgentOptions, type TestAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

export const integrationTest = { skip: noMosquitto, timeout: 120_000 }

/** One test per version that the agent's broker speaks, with a signed-in agent of its own. */
export function onEachVersion(
  name: string,
  body: (agent: TestAgent, version: 4 | 5, t: TestContext) => Promise<void>,
  options: AgentOptions & { readonly signedIn?: boolean } = {},
): void {
  for (const version of [5, 4] as const) {
    test(`${name} (MQTT ${version === 5 ? '5' : '3.1.1'})`, integrationTest, async (t) => {
      const start = options.signedIn === false ? startTestAgent : signedInAgent
      await body(await start(t, { ...options, version }), version, t)
    })
  }
}
