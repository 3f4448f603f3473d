import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect as connectSocket, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { start, within } from './processes.mjs'

/** Made up, but of the right form. */
const clientId = 'amzn1.application-oa2-client.00000000000000000000000000000000'
const profileId = 'amzn1.application.00000000000000000000000000000000'

/** A real broker on a free port of the loopback interface that stores nothing. */
export async function startBroker(folder) {
  const port = await freePort()
  await startBrokerOn(port, folder)
  return `mqtt://127.0.0.1:${port}`
}

/** @returns {Promise<ReturnType<typeof start>>} its process */
export async function startBrokerOn(port, folder) {
  const command = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((place) => join(place, 'mosquitto'))
    .find((path) => existsSync(path))
  if (command === undefined) throw new Error('mosquitto is not installed (Debian: apt-get install mosquitto)')
  const file = join(folder, 'mosquitto.conf')
  writeFileSync(
    file,
    [
      'persistence false',
      'allow_anonymous true',
      `listener ${port} 127.0.0.1`,
      // Otherwise the kernel keeps a broker's packet back until the one before is acknowledged, up to 40 ms, and a
      // sender that never pauses measures only that.
      'set_tcp_nodelay true',
      'log_type error',
      // Started by root it would change to a user that cannot read our folder.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      '',
    ].join('\n'),
  )
  const child = start(command, ['-c', file])
  await within('mosquitto', accepting(port), 10_000, child)
  return child
}

/** The stand-in for Amazon, in a process of its own, that also tells when requests arrive. */
export async function startSandbox(main) {
  const arrivalsFile = fileURLToPath(new URL('./arrivals.mjs', import.meta.url))
  const child = start(main, ['sandbox'], {
    ipc: true,
    nodeArgs: ['--import', pathToFileURL(arrivalsFile).href],
  })
  const url = await within('the sandbox', addressOf(child), 20_000, child)
  const call = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(10_000),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  // Its calls a second are limited as the service's are, and it has people wait 30 s between polls.
  await call('PUT', '/control/conditions', { tps: 1_000_000, interval: 1 })
  return {
    url,
    call,
    /** When the requests since the last time arrived, in order. */
    async arrivals() {
      const answer = once(child, 'message')
      child.send('arrivals')
      const [times] = await within('the arrival times', answer, 10_000, child)
      return times
    },
  }
}

async function addressOf(child) {
  for (;;) {
    const address = /^ {2}A2M_MUSIC_URL=(\S+)$/m.exec(child.said())?.[1]
    if (address !== undefined) return address
    await sleep(20)
  }
}

/**
 * Signs the relay in, as a device of its own, and leaves one playback session behind: an answer with nothing in it
 * would be too easy.
 *
 * @returns the headers for the relay's calls
 */
export async function relayHeaders({ url, call }) {
  const form = async (path, fields) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(10_000),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const pair = await form('/auth/o2/create/codepair', {
    response_type: 'device_code',
    client_id: clientId,
    scope: 'music::playback music::catalog',
  })
  await call('POST', '/control/codes/approve', { userCode: pair.user_code })
  await sleep(1_100)
  const { access_token: token } = await form('/auth/o2/token', {
    grant_type: 'device_code',
    device_code: pair.device_code,
    user_code: pair.user_code,
  })
  const headers = {
    authorization: `Bearer ${token}`,
    'x-api-key': profileId,
    'x-amzn-device-id': 'bench-relay',
    'x-amzn-audio-drmtype': 'WIDEVINE',
    'x-amzn-audio-device-capability': 'STD_RES,HI_FI,HI_RES,THREE_DIMENSIONAL',
    'accept-language': 'en-US',
    accept: 'application/json',
  }
  const [track] = (await call('GET', '/control/catalog')).filter(({ kind }) => kind === 'track')
  await streamsOf(track.mrn, { url }, headers)
  return headers
}

/**
 * Create New Session.
 *
 * @returns the address and length of each entity that it hands out
 */
export async function streamsOf(mrn, { url }, headers) {
  const created = await fetch(`${url}/v1/playback/sessions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ playParams: { id: mrn } }),
    signal: AbortSignal.timeout(10_000),
  })
  if (!created.ok) throw new Error(`Create New Session: ${created.status} ${await created.text()}`)
  const { data } = await created.json()
  return data.entities.map((entity) => ({
    url: entity.playbackInformation.url,
    durationMs: entity.durationSeconds * 1000,
  }))
}

/** The agent, log at its usual level; without a player, but for what `settings` say. */
export function startAgent({ main, folder, broker, sandbox, name, settings = {} }) {
  mkdirSync(folder, { recursive: true })
  return start(process.execPath, [main, 'run'], {
    env: {
      HOME: folder,
      A2M_STATE_DIR: folder,
      ...agentSettings({ broker, sandbox, name }),
      ...settings,
    },
  })
}

/** All that it needs, but for its state folder. */
export function agentSettings({ broker, sandbox, name }) {
  return {
    A2M_PLAYER: 'none',
    A2M_MQTT_URL: broker,
    A2M_BASE_TOPIC: 'bench',
    A2M_DEVICE_NAME: name,
    A2M_LWA_URL: sandbox.url,
    A2M_MUSIC_URL: sandbox.url,
    A2M_LWA_CLIENT_ID: clientId,
    A2M_SECURITY_PROFILE_ID: profileId,
  }
}

export function startRelay({ bundle, broker, sandbox, headers, name }) {
  return start(process.execPath, [bundle], {
    env: {
      BENCH_RELAY: JSON.stringify({
        name,
        url: broker,
        api: `${sandbox.url}/v1/playback/sessions/active`,
        headers,
        topics: {
          request: `bench/${name}/request/call`,
          set: `bench/${name}/set/volume`,
          availability: `bench/${name}/availability`,
        },
      }),
    },
  })
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function accepting(port) {
  for (;;) {
    const socket = connectSocket({ port, host: '127.0.0.1' })
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(20)
    } finally {
      socket.destroy()
    }
  }
}
