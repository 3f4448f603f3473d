/**
 * Run inside a network namespace of its own by two-families.test.ts: a broker and the stand-in for Amazon, each behind a
 * door that lets nobody in at once, and `check` of the built agent. Prints what `check` says.
 *
 * Arguments: the scheme of the broker's address, and the address the doors listen on.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'

import { startSandbox } from '../../../src/sandbox/sandbox.ts'
import { startCli } from '../../support/cli-process.ts'
import { eventually, within } from '../../support/eventually.ts'
import { clientId, securityProfileId } from '../../support/built-agent.ts'
import { startMosquitto } from '../../support/mqtt/mosquitto.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'

const [scheme = '', address = '', stateDir = ''] = process.argv.slice(2)

/** SYNs that found a full queue, in this namespace. */
function turnedAway(): number {
  const [names, values] = readFileSync('/proc/net/netstat', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '))
  return Number(values?.[names?.indexOf('ListenDrops') ?? -1])
}

/**
 * A door to `behind` that is slow as a far network is: its queue is full, so that the first SYN is lost and the one the
 * kernel sends a second later gets in. @returns its port, and when somebody was let in
 */
async function slowDoor(behind: URL): Promise<{ readonly port: number; open(): Promise<void> }> {
  const lock = new Int32Array(new SharedArrayBuffer(4))
  const code = `
    const { createServer, connect } = require('node:net')
    const { parentPort, workerData } = require('node:worker_threads')
    const server = createServer((socket) => {
      const inner = connect(workerData.port, workerData.host)
      for (const end of [socket, inner]) {
        end.on('error', () => undefined)
        end.on('close', () => { socket.destroy(); inner.destroy() })
      }
      socket.pipe(inner).pipe(socket)
    })
    server.listen({ host: workerData.address, port: 0, backlog: 1 }, () => {
      parentPort.postMessage(server.address().port)
      Atomics.wait(workerData.lock, 0, 0)
    })`
  const workerData = { lock, address, port: Number(behind.port), host: behind.hostname }
  const worker = new Worker(code, { eval: true, workerData })
  worker.unref()
  const [port] = (await within('a message of the worker', once(worker, 'message'))) as [number]
  // The kernel takes these in, and the worker does not.
  const waiting = [connect(port, address), connect(port, address)]
  await Promise.all(waiting.map((socket) => once(socket, 'connect')))
  return {
    port,
    async open() {
      const before = turnedAway()
      await eventually('a SYN that is turned away', () => turnedAway() !== before)
      for (const socket of waiting) socket.destroy()
      Atomics.store(lock, 0, 1)
      Atomics.notify(lock, 0)
    },
  }
}

const authority = await createTlsAuthority()
const isTls = scheme === 'mqtts' || scheme === 'wss'
const isWebSocket = scheme === 'ws' || scheme === 'wss'
const certificate = await authority.issue('dual.localhost')
const broker = await startMosquitto({ ...(isTls ? { tls: certificate } : {}), webSockets: isWebSocket })
const sandbox = await startSandbox()
const brokerDoor = await slowDoor(broker.url)
const amazonDoor = await slowDoor(new URL(sandbox.url))
const amazon = `http://dual.localhost:${amazonDoor.port}`
const cli = startCli({
  args: ['check'],
  env: {
    A2M_LWA_CLIENT_ID: clientId,
    A2M_SECURITY_PROFILE_ID: securityProfileId,
    A2M_LWA_URL: amazon,
    A2M_MUSIC_URL: amazon,
    A2M_MQTT_URL: `${scheme}://dual.localhost:${brokerDoor.port}`,
    A2M_STATE_DIR: stateDir,
    A2M_PLAYER: 'none',
    ...(isTls ? { A2M_MQTT_CA_FILE: authority.caFile } : {}),
  },
})
const doors = brokerDoor.open().then(() => amazonDoor.open())
const { stdout, stderr } = await cli.ended(60_000)
process.stdout.write(stdout + stderr)
await within('two open doors', doors)
await sandbox.close()
await broker[Symbol.asyncDispose]()
await authority[Symbol.asyncDispose]()
process.exit(0)
