import type { TestContext } from 'node:test'

import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { startCli, type CliOptions, type CliProcess } from './cli-process.ts'
import { startMosquitto, type Mosquitto, type MosquittoOptions } from './mqtt/mosquitto.ts'
import { connectTestClient, type Received, type TestClient } from './mqtt/mqtt-client.ts'
import { tempFolder } from './temp-folder.ts'

/** Well-formed ids. */
export const clientId = 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef'
export const securityProfileId = 'amzn1.application.0123456789abcdef0123456789abcdef'

/**
 * The environment of the built agent: a real broker, the sandbox in place of Amazon, a state folder, a client
 * that sends commands.
 */
export interface Home {
  readonly sandbox: Sandbox
  readonly broker: Mosquitto
  /** Connected from the start. After the broker was away, connect again with {@link visit}. */
  readonly client: TestClient
  readonly stateDir: string
  readonly env: Readonly<Record<string, string>>
  /** Starts `amazonmusic2mqtt` here. */
  start(options?: CliOptions): CliProcess
  visit(protocolVersion?: 4 | 5): Promise<TestClient>
  /** Approves the code that the agent shows on MQTT, and waits until the device is signed in. */
  signIn(): Promise<void>
  /** Sends a command and returns its answer. */
  ask(topic: string, payload: string): Promise<Answer>
}

export interface Answer {
  readonly status: 'ok' | 'error'
  readonly command: string
  readonly data?: Record<string, unknown>
  readonly error?: { readonly code: string; readonly message: string; readonly [key: string]: unknown }
  readonly transaction?: string | number
}

export const prefix = 'a2m/kitchen'

/** Everything ends with the test. */
export async function makeHome(
  t: TestContext,
  options: { readonly sandbox?: SandboxOptions; readonly broker?: MosquittoOptions } = {},
): Promise<Home> {
  const sandbox = await startSandbox({ interval: 1, ...options.sandbox })
  t.after(() => sandbox.close())
  const broker = await startMosquitto(options.broker)
  t.after(() => broker[Symbol.asyncDispose]())
  const stateDir = `${tempFolder(t)}/state`
  const env = {
    A2M_LWA_CLIENT_ID: clientId,
    A2M_SECURITY_PROFILE_ID: securityProfileId,
    A2M_LWA_URL: sandbox.url,
    A2M_MUSIC_URL: sandbox.url,
    A2M_MQTT_URL: broker.url.href,
    A2M_BASE_TOPIC: 'a2m',
    A2M_DEVICE_NAME: 'kitchen',
    A2M_STATE_DIR: stateDir,
    // Other tests must not depend on what is installed.
    A2M_PLAYER: 'none',
    // The host of announcements in tests.
    A2M_ANNOUNCE_HOSTS: 'localhost,127.0.0.1',
    A2M_DISCOVERY: 'off',
  }
  const visit = async (protocolVersion: 4 | 5 = 5): Promise<TestClient> => {
    const client = await connectTestClient(broker.url, { protocolVersion })
    t.after(() => client.close())
    return client
  }
  const client = await visit()
  let asked = 0

  return {
    sandbox,
    broker,
    client,
    stateDir,
    env,
    visit,
    start(cli = {}) {
      const started = startCli({ ...cli, env: { ...env, ...cli.env } })
      t.after(() => started[Symbol.asyncDispose]())
      return started
    },
    async signIn() {
      const shown = await client.next(`${prefix}/login`, ({ text }) => text.includes('awaiting_user'))
      const { user_code: userCode } = JSON.parse(shown.text) as { user_code: string }
      sandbox.control.approve(userCode)
      await client.next(`${prefix}/account`, ({ text }) => text.includes('"state":"signed_in"'))
    },
    async ask(topic, payload) {
      const transaction = `t${++asked}`
      const marked = payload.startsWith('{')
        ? payload.replace(/^\{/, `{"transaction":"${transaction}",`)
        : payload
      await client.publish(`${prefix}/${topic}`, marked.replace(/,\}$/, '}'))
      const mine = ({ text }: Received): boolean => marked === payload || text.includes(`"${transaction}"`)
      const name = topic.startsWith('request/') ? `response/${topic.slice('request/'.length)}` : 'result'
      const { text } = await client.next(`${prefix}/${name}`, mine)
      return JSON.parse(text) as Answer
    },
  }
}
