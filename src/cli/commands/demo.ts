import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { AccountState } from '../../account/account-state.ts'
import { AppError } from '../../lib/errors.ts'
import { detach } from '../../lib/async/tasks.ts'
import type { Arguments } from '../arguments.ts'
import { runDaemon } from '../../app/run.ts'
import { startEmbeddedBroker } from '../demo/embedded-broker.ts'
import { hints } from '../demo/hints.ts'
import { lanAddress } from '../demo/lan-address.ts'
import { isSoundHere } from '../demo/sound-here.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { readSettings } from '../../settings/read-settings.ts'
import type { Runtime } from '../../app/runtime.ts'

/** With `--approve`, how long the QR code is shown before it is approved. */
const approveAfterMs = 3_000

/** Seconds between polls. Login with Amazon usually asks for 30, which is too slow for a demo. */
const interval = 5

/** Valid in form, but of no account. The sandbox accepts any. */
const madeUpIds = {
  A2M_LWA_CLIENT_ID: 'amzn1.application-oa2-client.00000000000000000000000000000000',
  A2M_SECURITY_PROFILE_ID: 'amzn1.application.00000000000000000000000000000000',
}

/**
 * Runs the whole agent without an account, in one process: the sandbox in place of Amazon, a broker
 * (`A2M_MQTT_URL`, else an embedded one) and the agent. Deletes its files when it ends.
 *
 * @returns the exit code
 */
export async function demo(args: Arguments, runtime: Runtime, signal: AbortSignal): Promise<number> {
  await using ending = new AsyncDisposer()
  const sandbox = await startForDemo(args.sandbox)
  ending.defer(() => sandbox.close())
  const env = { ...runtime.env }
  if (args.flags.mqttUrl === undefined && (env['A2M_MQTT_URL'] ?? '') === '') {
    const broker = await startEmbeddedBroker()
    ending.defer(() => broker[Symbol.asyncDispose]())
    env['A2M_MQTT_URL'] = broker.url
  }
  if (args.flags.stateDir === undefined && (env['A2M_STATE_DIR'] ?? '') === '') {
    const folder = mkdtempSync(join(tmpdir(), 'amazonmusic2mqtt-demo-'))
    ending.defer(() => rmSync(folder, { recursive: true, force: true }))
    env['A2M_STATE_DIR'] = folder
  }
  // Servers and containers have no sound card, so mpv could not play at all.
  if (args.flags.audioDevice === undefined && (env['A2M_AUDIO_DEVICE'] ?? '') === '' && !isSoundHere(env)) {
    env['A2M_AUDIO_DEVICE'] = 'null'
  }
  // For trying announcements: the files are served from this machine.
  env['A2M_ANNOUNCE_HOSTS'] ??= 'localhost,127.0.0.1'
  Object.assign(env, madeUpIds, { A2M_LWA_URL: sandbox.url, A2M_MUSIC_URL: sandbox.url })

  const read = readSettings({ env, flags: args.flags, facts: runtime.facts })
  const { mqttUrl, baseTopic, deviceName } = read.settings
  runtime.stdout.write(
    `This is a demo: ${sandbox.url} stands in for Amazon, and no account is needed.\nBroker: ${mqttUrl.href}\n`,
  )
  let isGreeted = false
  const onAccount = ({ state, login }: AccountState): void => {
    if (login.state === 'awaiting_user' && args.sandbox.approve) {
      const approved = runtime.clock.sleep(approveAfterMs, signal).then(() => {
        sandbox.control.approve(login.userCode)
      })
      // By then the code may be used or expired.
      detach(approved, signal, () => undefined)
    }
    if (state !== 'signed_in' || isGreeted) return
    isGreeted = true
    runtime.stdout.write(hints(mqttUrl, `${baseTopic}/${deviceName}`))
  }
  await runDaemon(read, { ...runtime, env }, signal, onAccount)
  return 0
}

function startForDemo({ lan, port }: Arguments['sandbox']): Promise<Sandbox> {
  if (!lan) return startSandbox({ port, interval })
  const publicHost = lanAddress()
  if (publicHost === undefined)
    throw new AppError('usage/invalid', '--lan: this machine has no network address')
  return startSandbox({ port, interval, host: '0.0.0.0', publicHost })
}

/** Runs deferred steps in reverse order. Node.js 20 has no AsyncDisposableStack. */
class AsyncDisposer implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = []

  defer(step: () => unknown): void {
    this.#steps.unshift(step)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const step of this.#steps) await step()
  }
}
