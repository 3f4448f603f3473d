import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import type { CliProcess } from '../../support/cli-process.ts'
import { eventually } from '../../support/eventually.ts'
import { makeHome, type Home } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import type { Received } from '../../support/mqtt/mqtt-client.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const options = { skip: noMosquitto, timeout: 120_000 }

const online = ({ text }: Received): boolean => text === 'online'

/** Another device in the same house, with the same settings. */
function another(home: Home, stateDir: string): CliProcess {
  return home.start({ env: { A2M_STATE_DIR: stateDir } })
}

/** Names at the broker that are online now, and whose `info` says so. */
async function names(home: Home): Promise<Readonly<Record<string, string>>> {
  const reader = await home.visit()
  await reader.publish('marker', 'x')
  await reader.next('marker')
  const stored = new Map(reader.inbox.left.map(({ topic, text }) => [topic, text]))
  await reader.close()
  return Object.fromEntries(
    [...stored]
      .filter(([topic, text]) => topic.endsWith('/availability') && text === 'online')
      .map(([topic]) => {
        const name = topic.split('/')[1] ?? ''
        const info = JSON.parse(stored.get(`a2m/${name}/info`) ?? '{}') as Record<string, string>
        assert.equal(info['device_name'], name)
        return [name, info['device_id'] ?? '']
      }),
  )
}

async function untilNames(home: Home, many: number): Promise<readonly string[]> {
  let found: readonly string[] = []
  return eventually(
    `${many} names`,
    async () => {
      found = Object.keys(await names(home)).sort()
      return found.length === many ? found : undefined
    },
    // On a busy machine a subscription that a reconnect cuts off costs its time limit, 10 s, once or twice.
    { withinMs: 60_000, seen: () => found },
  )
}

async function printed(home: Home, stateDir: string, command: string): Promise<string> {
  return (await home.start({ args: [command], env: { A2M_STATE_DIR: stateDir } }).ended(40_000)).stdout
}

test(
  'the one that comes second takes part of its id behind its name, says so, and goes back when it can',
  options,
  async (t: TestContext) => {
    const home = await makeHome(t)
    const first = home.start()
    await home.client.next('a2m/kitchen/availability', online)
    const before = await names(home)

    const folder = `${tempFolder(t)}/state`
    const second = another(home, folder)
    const [, alias = ''] = await untilNames(home, 2)
    const ids = await names(home)
    assert.equal(ids['kitchen'], before['kitchen'], 'the first keeps its name')
    assert.equal(alias, `kitchen-${ids[alias]?.slice(0, 4)}`)
    await second.line('mqtt/name-taken')
    const error = await home.client.next(`a2m/${alias}/error`, ({ text }) => text.includes('name-taken'))
    assert.match(error.text, /Another device at this broker has the name kitchen/)
    const status = await printed(home, folder, 'status')
    assert.match(status, new RegExp(`"device": "${alias}"`))
    assert.match(status, /"code": "mqtt\/name-taken"/)
    assert.match(await printed(home, folder, 'doctor'), /mqtt\/name-taken/)

    // Nothing of the second ever stood under the name of the first.
    const said = home.client.inbox.left.filter(({ topic }) => topic === 'a2m/kitchen/availability')
    assert.deepEqual(said, [])

    // One answer, from the one that has the name.
    await home.client.publish('a2m/kitchen/command', '{"command":"volume_up","transaction":"one"}')
    await home.client.next('a2m/kitchen/result', ({ text }) => text.includes('"one"'))
    await home.client.publish(`a2m/${alias}/command`, '{"command":"volume_up","transaction":"two"}')
    await home.client.next(`a2m/${alias}/result`, ({ text }) => text.includes('"two"'))
    assert.deepEqual(
      home.client.inbox.left.filter(({ text }) => text.includes('"one"') && text.includes('"status"')),
      [],
    )

    // The end of one says nothing of the other.
    second.kill('SIGKILL')
    await home.client.next(`a2m/${alias}/availability`, ({ text }) => text === 'offline')
    assert.deepEqual(await untilNames(home, 1), ['kitchen'])

    first.kill('SIGTERM')
    await first.ended()
    another(home, folder)
    assert.deepEqual(await untilNames(home, 1), ['kitchen'])
    assert.equal((await names(home))['kitchen'], ids[alias])
    // Nothing is left under the name it had meanwhile.
    await home.client.next(`a2m/${alias}/info`, ({ text }) => text === '')
    const reader = await home.visit()
    await reader.publish('marker', 'x')
    await reader.next('marker')
    assert.deepEqual(
      reader.inbox.left.map(({ topic }) => topic).filter((topic) => topic.startsWith(`a2m/${alias}/`)),
      [],
    )
  },
)

test('two that start at once end up with a name each', options, async (t) => {
  const home = await makeHome(t)
  home.start()
  another(home, `${tempFolder(t)}/state`)
  const [one, other = ''] = await untilNames(home, 2)
  assert.equal(one, 'kitchen')
  assert.match(other, /^kitchen-[0-9a-f]{4}$/)
  // Both have settled: what they say stays so.
  const settled = await names(home)
  await home.client.publish('a2m/kitchen/get', '')
  await home.client.next('a2m/kitchen/info', ({ text }) => text.includes(settled['kitchen'] ?? '?'))
  assert.deepEqual(await names(home), settled)
})

test('a name whose owner is dead is taken, though the broker still says it is online', options, async (t) => {
  const home = await makeHome(t)
  await home.client.publish('a2m/kitchen/info', '{"device_id":"dead"}', { retain: true })
  await home.client.publish('a2m/kitchen/availability', 'online', { retain: true })
  const started = home.start()
  await started.line('Connected to the broker')
  await home.client.next('a2m/kitchen/get')
  await home.client.next('a2m/kitchen/state')
  const ids = await names(home)
  assert.deepEqual(Object.keys(ids), ['kitchen'])
  assert.notEqual(ids['kitchen'], 'dead')
})

test('under a new base topic nothing is left under the old one', options, async (t) => {
  const home = await makeHome(t)
  const first = home.start()
  await home.client.next('a2m/kitchen/availability', online)
  first.kill('SIGTERM')
  await first.ended()
  home.start({ env: { A2M_BASE_TOPIC: 'house/music' } })
  await home.client.next('house/music/kitchen/availability', online)
  const reader = await home.visit()
  await reader.publish('marker', 'x')
  await reader.next('marker')
  const topics = reader.inbox.left.map(({ topic }) => topic)
  assert.deepEqual(
    topics.filter((topic) => topic.startsWith('a2m/')),
    [],
  )
  assert.equal(topics.includes('house/music/kitchen/state'), true)
})
