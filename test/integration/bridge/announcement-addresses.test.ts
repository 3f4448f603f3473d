import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

import { startTestAgent, type TestAgent } from '../../support/agent.ts'
import { freePort, noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { tlsFront } from '../../support/tls-proxy.ts'
import { requireTool } from '../../support/tools.ts'
import { noMpv } from '../player/mpv-harness.ts'
import { file, soundServer, wav } from '../player/sound-server.ts'

const options = { skip: noMosquitto || noMpv, timeout: 120_000 }

function agentWith(t: TestContext, env: Readonly<Record<string, string>>): Promise<TestAgent> {
  return startTestAgent(t, { env: { A2M_PLAYER: 'mpv', A2M_AUDIO_DEVICE: 'null', ...env } })
}

interface End {
  readonly outcome: string
  readonly code: string | null
  readonly message: string | null
}

/** How the announcement of `url` ended. */
async function announced(agent: TestAgent, url: string): Promise<End> {
  const mark = agent.messages.length
  const answer = await agent.ask('request/announce', JSON.stringify({ url }))
  assert.equal(answer.status, 'ok', JSON.stringify(answer))
  const end = await agent.until('its end', () => {
    // What has been handed to the sound card is waited for on the agent's clock.
    if (agent.clock.sleeps.includes(500)) void agent.clock.advance(500)
    return agent
      .since(mark)
      .filter(({ topic }) => topic.endsWith('/event'))
      .map(({ text }) => JSON.parse(text) as End & { readonly event_type: string })
      .find(({ event_type: type }) => type === 'announcement_ended')
  })
  await agent.drive('the music is back', () => agent.state()['announcing'] === false, 100)
  return { outcome: end.outcome, code: end.code, message: end.message }
}

test('an announcement from this machine is refused, and nobody here is asked', options, async (t) => {
  const { url, requests } = await soundServer(t, { '/door': file(wav(1, 1_000)) })
  const { port } = new URL(url)
  const agent = await agentWith(t, { A2M_ANNOUNCE_HOSTS: '' })
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0.0.0.0', '2130706433', '[::1]']) {
    const answer = await agent.ask('request/announce', JSON.stringify({ url: `http://${host}:${port}/door` }))
    assert.equal(answer.error?.code, 'playback/announce-host', host)
  }
  assert.deepEqual(requests, [])
})

test('a host that is named is let through, and not where it sends on', options, async (t) => {
  const inner = await soundServer(t, { '/door': file(wav(1, 1_000)) })
  const outer = await soundServer(t, {
    '/door': file(wav(1, 1_000)),
    '/away': (_request, response) => void response.writeHead(302, { location: `${inner.url}/door` }).end(),
    '/here': (_request, response) => void response.writeHead(307, { location: '/door' }).end(),
  })
  const agent = await agentWith(t, { A2M_ANNOUNCE_HOSTS: new URL(outer.url).host })
  assert.equal((await announced(agent, `${outer.url}/door`)).outcome, 'heard')
  assert.equal((await announced(agent, `${outer.url}/here`)).outcome, 'heard')
  const { outcome, code } = await announced(agent, `${outer.url}/away`)
  assert.deepEqual([outcome, code], ['failed', 'playback/announce-host'])
  assert.deepEqual(inner.requests, [])
})

test(
  'what answers at an address is not told: the same words for any status and for a closed port',
  options,
  async (t) => {
    const { url } = await soundServer(t, {
      '/secret': (_request, response) => void response.writeHead(403).end(),
      '/broken': (_request, response) => void response.writeHead(500).end(),
    })
    const agent = await agentWith(t, {})
    const ends: End[] = []
    for (const address of [
      `${url}/nothing`,
      `${url}/secret`,
      `${url}/broken`,
      `http://127.0.0.1:${await freePort()}/`,
    ]) {
      ends.push(await announced(agent, address))
    }
    const [first] = ends
    assert.equal(first?.code, 'player/network')
    assert.equal(first.message, 'The announcement could not be fetched; the log says why')
    for (const end of ends) assert.deepEqual(end, first)
  },
)

test('an announcement that is a list of addresses is refused, and none of them asked', options, async (t) => {
  const inner = await soundServer(t, { '/part.wav': file(wav(1, 1_000)) })
  const list = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${inner.url}/part.wav\n#EXT-X-ENDLIST\n`
  const mpd = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><BaseURL>${inner.url}/</BaseURL></Period></MPD>`
  const { url } = await soundServer(t, {
    '/list': file(Buffer.from(list), 'audio/wav'),
    '/mpd': file(Buffer.from(mpd), 'audio/wav'),
    '/late': file(Buffer.from(`${' '.repeat(20_000)}${mpd}`), 'audio/wav'),
  })
  const agent = await agentWith(t, {})
  for (const path of ['list', 'mpd', 'late']) {
    const { outcome, code } = await announced(agent, `${url}/${path}`)
    assert.deepEqual([path, outcome, code], [path, 'failed', 'player/unplayable'])
  }
  assert.deepEqual(inner.requests, [])
})

test(
  "an announcement of an https server with one's own authority is heard once A2M_CA_FILE names it",
  { ...options, skip: options.skip || requireTool('openssl') },
  async (t) => {
    await using authority = await createTlsAuthority()
    const { url } = await soundServer(t, { '/door': file(wav(1, 1_000)) })
    const front = await tlsFront(t, new URL(url), await authority.issue('localhost'))
    const address = new URL('/door', front.url).href
    const strange = await agentWith(t, {})
    assert.equal((await announced(strange, address)).code, 'player/network')
    const agent = await agentWith(t, { A2M_CA_FILE: authority.caFile })
    assert.equal((await announced(agent, address)).outcome, 'heard')
  },
)

const namespaces = ['--map-root-user', '--net', '--mount']
const noNamespaces =
  requireTool('unshare') ||
  (spawnSync('unshare', [...namespaces, 'true']).status === 0 ? false : 'namespaces may not be made here')

test(
  'a name that leads to this machine is refused, also if it has another address',
  { skip: noNamespaces },
  async (t) => {
    const hosts = join(tempFolder(t), 'hosts')
    writeFileSync(hosts, '127.0.0.1 door.test\n::1 door.test\n127.0.0.1 two.test\n192.0.2.7 two.test\n')
    const script = `ip link set lo up; mount --bind '${hosts}' /etc/hosts && exec "$@"`
    const opener = join(import.meta.dirname, 'open-web-stream.ts')
    const { stdout } = await promisify(execFile)('unshare', [
      ...namespaces,
      ...['sh', '-c', script, 'sh', process.execPath, '--import', 'tsx', opener],
      ...['door.test', 'two.test'],
    ])
    // Of the second name only the address that is elsewhere is tried, and it cannot be reached from here.
    assert.equal(stdout, 'door.test playback/announce-host\ntwo.test net/failed\nasked 0\n')
  },
)
