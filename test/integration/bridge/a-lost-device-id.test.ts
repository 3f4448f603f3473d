import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { TestAgent } from '../../support/agent.ts'
import { onEachVersion } from './each-mqtt-version.ts'

function idOf(agent: TestAgent): string {
  return (JSON.parse(readFileSync(join(agent.stateDir, 'device.json'), 'utf8')) as { deviceId: string })
    .deviceId
}

async function lose(agent: TestAgent): Promise<void> {
  await agent.stop()
  for (const name of ['device.json', 'device.previous.json'])
    rmSync(join(agent.stateDir, name), { force: true })
}

const machine = { id: 'one' }

onEachVersion(
  'a lost device id comes back from what this machine has retained, and from nobody else',
  async (agent) => {
    const id = idOf(agent)
    await lose(agent)
    await agent.start()
    assert.equal(idOf(agent), id, 'it is the same device')
    assert.doesNotMatch(agent.now('info') ?? '', /"one"/)

    // Said to be online by a broker that missed the end, and nobody answers.
    await lose(agent)
    await agent.publish('availability', 'online', { retain: true })
    const nudge = agent.clock.sleeping
    const started = agent.start()
    await agent.until('it asks', () => agent.messages.at(-1)?.topic === 'a2m/kitchen/get')
    assert.notEqual(agent.clock.sleeping, nudge)
    await agent.clock.advance(3_000)
    await started
    assert.equal(idOf(agent), id)

    // Another box of this name, switched off now, keeps its id.
    await lose(agent)
    machine.id = 'two'
    await agent.start()
    assert.notEqual(idOf(agent), id)
    machine.id = 'one'
  },
  { signedIn: false, machine },
)
