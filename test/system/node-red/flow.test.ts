import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'

import { wavLength, wavStream } from '../../../src/sandbox/media/wav.ts'
import { eventually } from '../../support/eventually.ts'
import { makeHome } from '../../support/built-agent.ts'
import { listen, stop } from '../../support/listen.ts'
import { noNodeRed, startNodeRed, type FlowNode } from '../../support/integrations/node-red.ts'
import { readQr } from '../../support/screen/qr-reader.ts'

const documented = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/node-red/flow.json'), 'utf8'),
) as readonly FlowNode[]
const prefix = 'amazonmusic2mqtt/kitchen'

test('the flow of docs/node-red in the real Node-RED', { skip: noNodeRed }, async (t) => {
  const home = await makeHome(t)
  const spoken: string[] = []
  const speech = createServer((request, response) => {
    spoken.push(new URL(request.url ?? '', 'http://x').searchParams.get('text') ?? '')
    response.setHeader('content-type', 'audio/wav')
    wavStream(1, { toneHz: 440, swell: false }, 0, wavLength(1) - 1).pipe(response)
  })
  const speechUrl = await listen(speech)
  t.after(() => stop(speech))
  const nodeRed = await startNodeRed(t)
  const ownWords = nodeRed.printed.length
  // What docs/node-red.md has the reader set: the broker, and the address of a service that speaks.
  await nodeRed.deploy([
    ...documented.map((node) => {
      if (node.type === 'mqtt-broker') return { ...node, port: String(home.broker.port) }
      return node.type === 'tab'
        ? { ...node, env: [{ name: 'SPEECH', value: `${speechUrl}/?text=`, type: 'str' }] }
        : node
    }),
    ...typesSeen,
  ])
  home.start({
    env: {
      A2M_BASE_TOPIC: 'amazonmusic2mqtt',
      A2M_DEVICE_NAME: 'kitchen',
      A2M_PLAYER: 'mpv',
      A2M_AUDIO_DEVICE: 'null',
    },
  })
  const said = (topic: string, matches: (text: string) => boolean): Promise<unknown> =>
    home.client.next(`${prefix}/${topic}`, ({ text }) => matches(text))
  const page = async (): Promise<string> => (await fetch(`${nodeRed.url}/amazon-music`)).text()

  await t.test(
    'the page shows the QR code, its address and its code, until somebody has signed in',
    async () => {
      await said('login/qr', (text) => text.length > 0)
      const [login] = home.sandbox.control.codes()
      assert.ok(login !== undefined, 'login !== undefined')
      const shown = await until(page, (text) => text.includes('data:image/png'))
      const picture = /base64,([^"]+)"/.exec(shown)?.[1] ?? ''
      const link = await readQr(t, Buffer.from(picture, 'base64'))
      assert.ok(link?.endsWith(`cbl-code=${login.userCode}`), link)
      assert.ok(shown.includes(`<b>${login.userCode}</b>`), shown)
      assert.match(shown, /href="http:[^"]*cbl-code/)
      home.sandbox.control.approve()
      await until(page, (text) => text.includes('No code waits') && !text.includes('<img'))
      await said('account', (text) => text.includes('"state":"signed_in"'))
    },
  )

  await t.test('the button plays an album by name', async () => {
    await nodeRed.press('a2m-play')
    await said('state', (text) => text.includes('"state":"playing"') && text.includes('"Velvet Orchard"'))
    // It knows by the report, which may come later than the state.
    const playing = (): string => home.sandbox.control.sessions()[0]?.playing ?? ''
    await until(playing, (title) => title !== '')
  })

  await t.test('each new track is announced, by name, once', async () => {
    const titleOf = async (): Promise<string> =>
      (JSON.parse(((await said('response/queue', () => true)) as { text: string }).text) as Answer).data
        .current.title
    const ask = async (): Promise<string> => {
      await home.client.publish(`${prefix}/request/queue`, '')
      return titleOf()
    }
    for (let n = 1; n <= 2; n++) {
      await said('event', (text) => text.includes('announcement_ended') && text.includes('"heard"'))
      const title = await ask()
      assert.deepEqual([spoken.length, spoken.at(-1)], [n, `${title}, The Paper Lanterns`])
      if (n === 1) await home.client.publish(`${prefix}/command`, 'next')
    }
  })

  await t.test('the clock sets the volume, and by day another', async () => {
    await nodeRed.press('a2m-night')
    await said('state/volume', (text) => text === '15')
    await nodeRed.press('a2m-morning')
    await said('state/volume', (text) => text === '35')
    const clocks = documented.flatMap(({ crontab }) =>
      crontab === undefined || crontab === '' ? [] : [crontab],
    )
    assert.deepEqual(clocks, ['00 22 * * *', '00 07 * * *'])
  })

  await t.test('what was refused is told in words', async () => {
    const before = nodeRed.printed.length
    await home.client.publish(`${prefix}/request/play`, '{"query":"zzzz"}')
    await until(
      () => nodeRed.printed.slice(before),
      (text) => text.includes('Nothing was found for "zzzz"'),
    )
  })

  await t.test('its parser makes of each topic what people expect', async () => {
    const preset = { name: '1999', play: { query: 'velvet orchard', type: 'album' } }
    await home.client.publish(`${prefix}/request/preset_save`, JSON.stringify(preset))
    await said('response/preset_save', (text) => text.includes('"ok"'))
    await home.client.publish(`${prefix}/set/preset`, preset.name)
    await said('state/preset', (text) => text === preset.name)
    const types = (await (await fetch(`${nodeRed.url}/types`)).json()) as Record<string, string>
    const of = (...names: string[]): string[] => names.map((name) => types[`${prefix}/${name}`] ?? 'nothing')
    const objects = ['account', 'error', 'event', 'info', 'login', 'queue', 'state', 'update', 'result']
    assert.deepEqual(
      of(...objects),
      objects.map(() => 'object'),
    )
    const texts = ['availability', 'trigger', 'login/status', 'cover/status', 'state/state', 'state/media_title', 'state/preset', 'state/muted'] // prettier-ignore
    assert.deepEqual(
      of(...texts),
      texts.map(() => 'string'),
    )
    assert.deepEqual(of('state/volume', 'state/media_duration'), ['number', 'number'])
    assert.deepEqual(of('cover'), ['Buffer'])
  })

  // What it had to say before it knew the flow is its own.
  const complaints = nodeRed.printed
    .slice(ownWords)
    .split('\n')
    .filter((line) => /\[(warn|error)\]/.test(line))
  assert.deepEqual(complaints, [])
})

interface Answer {
  readonly data: { readonly current: { readonly title: string } }
}

/** A flow beside that of the docs: what Node-RED takes each payload for, at GET /types. */
const typesSeen: readonly FlowNode[] = [
  { id: 'types-tab', type: 'tab', label: 'types' },
  {
    id: 'types-in',
    type: 'mqtt in',
    z: 'types-tab',
    topic: `${prefix}/#`,
    qos: '1',
    datatype: 'auto-detect',
    broker: 'a2m-broker',
    wires: [['types-keep']],
  },
  {
    id: 'types-keep',
    type: 'function',
    z: 'types-tab',
    // Zero bytes tell nothing of a topic.
    func: `if (msg.payload.length !== 0) flow.set('types', { ...flow.get('types'),
      [msg.topic]: Buffer.isBuffer(msg.payload) ? 'Buffer' : typeof msg.payload })`,
    outputs: 1,
    wires: [[]],
  },
  {
    id: 'types-http',
    type: 'http in',
    z: 'types-tab',
    url: '/types',
    method: 'get',
    wires: [['types-tell']],
  },
  {
    id: 'types-tell',
    type: 'function',
    z: 'types-tab',
    func: `msg.payload = flow.get('types'); return msg`,
    outputs: 1,
    wires: [['types-out']],
  },
  { id: 'types-out', type: 'http response', z: 'types-tab', wires: [] },
]

async function until(
  look: () => Promise<string> | string,
  holds: (text: string) => boolean,
): Promise<string> {
  let text = ''
  const isSo = async (): Promise<boolean> => {
    text = await look()
    return holds(text)
  }
  await eventually(String(holds), isSo, { seen: () => text.slice(-2_000) })
  return text
}
