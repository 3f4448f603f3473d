import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { start } from '../bench/processes.mjs'
import { startSandbox } from '../bench/stage.mjs'
import { connectEar } from '../home-assistant/ear.mjs'
import { until } from '../lib/until.mjs'

const clientId = 'amzn1.application-oa2-client.00000000000000000000000000000000'
const profileId = 'amzn1.application.00000000000000000000000000000000'
const device = 'kitchen'

/** @typedef {Awaited<ReturnType<typeof openPlace>>} Place */

/**
 * One emulated machine with a stand-in for Amazon of its own, at a broker; both run on this machine's Node.
 *
 * @param {import('./machines.mjs').Machine} machine
 * @param {{ folder: string, broker: string, main: string }} options `folder` is there; `main`: the bundle, for the sandbox
 */
export async function openPlace(machine, { folder, broker, main }) {
  const base = folder.split('/').at(-1)
  const sandbox = await startSandbox(main)
  const ear = await connectEar(broker, `${base}/${device}`)
  const state = join(folder, 'state')
  const runtime = join(folder, 'runtime')
  for (const path of [state, runtime]) mkdirSync(path)
  const [qemu, ...node] = machine.node
  let agent

  const command = (args, settings = {}) => {
    const file = join(folder, 'amazonmusic2mqtt.env')
    const all = {
      A2M_LWA_CLIENT_ID: clientId,
      A2M_SECURITY_PROFILE_ID: profileId,
      A2M_LWA_URL: sandbox.url,
      A2M_MUSIC_URL: sandbox.url,
      A2M_MQTT_URL: broker,
      A2M_BASE_TOPIC: base,
      A2M_DEVICE_NAME: device,
      A2M_PLAYER: 'none',
      ...settings,
    }
    writeFileSync(
      file,
      Object.entries(all)
        .map(([name, value]) => `${name}='${value}'\n`)
        .join(''),
    )
    // As the packages' command does it; that one is a script, whose last step the kernel would have to emulate.
    return start(qemu, [...node, `--env-file=${file}`, join(machine.lib, 'main.cjs'), ...args], {
      env: { HOME: state, STATE_DIRECTORY: state, RUNTIME_DIRECTORY: runtime, NODE_ENV: 'production' },
    })
  }

  return {
    machine,
    sandbox,
    ear,
    /** Runs a command to its end. @returns {Promise<{ code: number | null, said: string }>} */
    async ran(args, withinMs = 120_000) {
      const child = command(args)
      const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
      const [code] = await once(child, 'close')
      clearTimeout(timer)
      return { code, said: child.said() }
    },
    /** Runs a script on the Node alone. @returns {Promise<string>} what it printed */
    async evaluated(script) {
      const child = start(qemu, [...node, '-p', script])
      await once(child, 'close')
      return child.said().trim()
    },
    /** @returns {Promise<number>} milliseconds from its start until it says that it is online */
    async start(settings) {
      const beganMs = performance.now()
      agent = command(['run'], settings)
      await until(
        'online',
        () => ear.text('availability') === 'online' || agent.exitCode !== null,
        120_000,
        agent.said,
      )
      if (agent.exitCode !== null) throw new Error(`it ended:\n${agent.said()}`)
      return performance.now() - beganMs
    },
    /** What it shows whoever logs in. */
    prompt: () => readFileSync(join(runtime, 'motd'), 'utf8'),
    /** The end of what it printed. */
    said: () => agent.said(),
    /** @returns {Promise<{ code: number | null, ms: number }>} */
    async stop() {
      const exited = once(agent, 'exit')
      const beganMs = performance.now()
      agent.kill('SIGTERM')
      const timer = setTimeout(() => agent.kill('SIGKILL'), 15_000)
      const [code] = await exited
      clearTimeout(timer)
      return { code, ms: performance.now() - beganMs }
    },
    close: () => ear.end(),
  }
}
