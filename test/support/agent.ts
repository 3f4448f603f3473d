import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'

import type { IClientPublishOptions } from 'mqtt'

import { runDaemon } from '../../src/app/run.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { Runtime } from '../../src/app/runtime.ts'
import { readSettings } from '../../src/settings/read-settings.ts'
import { startGateway, type Gateway, type GatewayOptions } from '../integration/mqtt/broker-proxy.ts'
import { eventually, within } from './eventually.ts'
import { clientId, prefix, securityProfileId, type Answer } from './built-agent.ts'
import { ManualClock } from './clocks/manual-clock.ts'
import { startMosquitto, type Mosquitto, type MosquittoOptions } from './mqtt/mosquitto.ts'
import { connectTestClient, type Received, type TestClient } from './mqtt/mqtt-client.ts'
import { signalGroup } from './signal-group.ts'
import { tempFolder } from './temp-folder.ts'

export interface AgentOptions {
  /** MQTT version of the agent's broker, default 5. The test's own client always uses 5. */
  readonly version?: 4 | 5
  readonly sandbox?: SandboxOptions
  readonly broker?: MosquittoOptions
  /** A gateway between the agent and its broker. */
  readonly gateway?: GatewayOptions
  readonly env?: Readonly<Record<string, string>>
  /** Default 0.5. */
  readonly random?: () => number
  /** Default: a clock that only the test moves. */
  readonly clock?: ManualClock
  /** Content of `/etc/machine-id`, which {@link TestAgent.start} reads again. Default: empty. */
  readonly machine?: { readonly id: string }
}

/**
 * The whole agent in the test's process, on a clock that only the test moves; broker and service are real.
 */
export interface TestAgent {
  readonly clock: ManualClock
  readonly sandbox: Sandbox
  readonly broker: Mosquitto
  /** The gateway between agent and broker, if any. */
  readonly gateway: Gateway | undefined
  readonly stateDir: string
  /** All messages at the broker since the start, in order. */
  readonly messages: readonly Received[]
  /** The agent's log. */
  readonly log: readonly string[]
  /** Waits until `find` finds something and returns it. The clock stands still. */
  until<T>(what: string, find: () => T | undefined | false): Promise<T>
  /** The latest message to a topic of the device. Waits for one that `fits`. */
  said(name: string, fits?: (message: Received) => boolean): Promise<Received>
  /** The latest payload of a topic of the device. */
  now(name: string): string | undefined
  state(): Record<string, unknown>
  publish(name: string, payload: string | Buffer, options?: IClientPublishOptions): Promise<void>
  /** Sends a request and returns its answer. Fails if there is more than one. */
  ask(name: string, payload?: string | Buffer, options?: IClientPublishOptions): Promise<Answer>
  /** What the agent has published since `mark` (an index of {@link messages}), including answers. */
  since(mark: number): readonly Received[]
  /**
   * Resolves when the agent has read all that was sent to it and all its messages about that have arrived.
   */
  settle(): Promise<void>
  /** The retained messages of this device, by topic without the prefix. */
  retained(): Promise<ReadonlyMap<string, Received>>
  /**
   * Call when the broker is back: connects the test's client again and waits for the agent. Returns {@link
   * retained}.
   */
  driveUntilBack(): Promise<ReadonlyMap<string, Received>>
  signIn(account?: string): Promise<void>
  /** Advances the clock until `holds`, and lets real requests complete in between. */
  drive(what: string, holds: () => boolean, stepMs?: number): Promise<void>
  /** Requests to play this query, and waits until it plays. */
  play(query: string, type: string): Promise<Answer>
  stop(): Promise<void>
  /** Starts the agent again on the same state folder. */
  start(env?: Readonly<Record<string, string>>): Promise<void>
  /** The runtime of the agent, for commands of the command line that run in parallel. */
  surroundings(): Runtime
  /** Aborts the agent without waiting for its end. */
  abort(): void
}

/** The text of a file; empty if there is none. */
const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** Everything ends with the test. */
export async function startTestAgent(t: TestContext, options: AgentOptions = {}): Promise<TestAgent> {
  const clock = options.clock ?? new ManualClock()
  const sandbox = await startSandbox({ clock, interval: 1, tps: Infinity, ...options.sandbox })
  t.after(() => sandbox.close())
  // Disable Nagle's algorithm: each of some hundred round trips would wait 40 ms for an ACK.
  const lines = ['set_tcp_nodelay true', ...(options.broker?.lines ?? [])]
  const broker = await startMosquitto({ ...options.broker, lines })
  t.after(() => broker[Symbol.asyncDispose]())
  const older = options.version === 4 ? { refuseVersion5: 'said' as const } : undefined
  const gateway =
    older === undefined && options.gateway === undefined
      ? undefined
      : await throughGateway(t, broker.url, { ...older, ...options.gateway })
  const brokerUrl = gateway?.url ?? broker.url
  const stateDir = `${tempFolder(t)}/state`
  const visit = async (): Promise<TestClient> => {
    const visitor = await connectTestClient(broker.url)
    t.after(() => visitor.close())
    return visitor
  }
  let client = await visit()
  /** Messages from before the broker was away. */
  let earlier: readonly Received[] = []
  const everything = (): readonly Received[] =>
    earlier.length === 0 ? client.inbox.left : [...earlier, ...client.inbox.left]
  const log: string[] = []
  let surroundings: Runtime | undefined
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  let barriers = 0

  /** The last messages and log lines, shown when a wait fails. */
  const seen = (): string =>
    [
      `${everything().length} messages, at last`,
      ...everything()
        .slice(-5)
        .map(({ topic, text }) => `${topic} ${text.slice(0, 300)}`),
      'and in the log',
      ...log.slice(-5),
    ].join('\n')
  const until: TestAgent['until'] = (what, find) =>
    eventually<unknown>(what, find, { seen }) as Promise<never>
  const topicOf = (name: string): string => (name.startsWith('/') ? name.slice(1) : `${prefix}/${name}`)
  const latest = (name: string, fits: (message: Received) => boolean = () => true): Received | undefined =>
    everything().findLast((message) => message.topic === topicOf(name) && fits(message))

  const agent: TestAgent = {
    clock,
    sandbox,
    broker,
    gateway,
    stateDir,
    get messages() {
      return everything()
    },
    log,
    until,
    said: (name, fits) => until(`a message to ${name}`, () => latest(name, fits)),
    now: (name) => latest(name)?.text,
    state: () => JSON.parse(latest('state')?.text ?? '{}') as Record<string, unknown>,
    publish: (name, payload, publishOptions) => client.publish(topicOf(name), payload, publishOptions),
    since: (mark) =>
      everything()
        .slice(mark)
        .filter(({ topic }) => isSaidByAgent(topic)),
    async ask(name, payload = '', publishOptions = {}) {
      const mark = everything().length
      const answerTopic =
        publishOptions.properties?.responseTopic ??
        topicOf(name.startsWith('request/') ? `response/${name.slice('request/'.length)}` : 'result')
      const answers = (): readonly Received[] =>
        everything()
          .slice(mark)
          .filter(({ topic, text }) => topic === answerTopic && !isBarrier(text))
      await agent.publish(name, payload, publishOptions)
      await until(`an answer on ${answerTopic}`, () => answers().length > 0)
      await agent.settle()
      assert.equal(answers().length, 1, `exactly one answer to ${name} ${payload.toString().slice(0, 80)}`)
      return JSON.parse(answers()[0]?.text ?? '') as Answer
    },
    async settle() {
      // An answer can overtake changes that are queued. By the second answer those changes are published.
      for (let round = 0; round < 2; round++) {
        const transaction = `barrier-${++barriers}`
        await agent.publish('request/login', JSON.stringify({ transaction }))
        await until('the answer to a barrier', () =>
          latest('response/login')?.text.includes(`"${transaction}"`),
        )
      }
    },
    async retained() {
      const reader = await connectTestClient(broker.url)
      try {
        const marker = `marker/${++barriers}`
        await reader.publish(marker, 'x')
        await reader.next(marker)
        const kept = reader.inbox.left.filter(({ topic, retain }) => retain && topic.startsWith(`${prefix}/`))
        return new Map(kept.map((message) => [message.topic.slice(prefix.length + 1), message]))
      } finally {
        await reader.close()
      }
    },
    async driveUntilBack() {
      earlier = everything()
      client = await visit()
      const isBack = (): boolean =>
        client.inbox.left.some(({ topic, text }) => topic === topicOf('availability') && text === 'online')
      await agent.drive('the agent comes back', isBack)
      await agent.settle()
      return agent.retained()
    },
    async signIn(account) {
      await until('a code', () => sandbox.control.codes().some(({ state }) => state === 'pending'))
      await agent.said('login/status', ({ text }) => text === 'pending')
      sandbox.control.approve(null, account)
      const signedIn = (): boolean => latest('account')?.text.includes('"state":"signed_in"') === true
      await agent.drive('the sign-in', signedIn, 10_000)
      await agent.settle()
    },
    async drive(what, holds, stepMs = 1_000) {
      const step = async (): Promise<void> => {
        const answered = sandbox.control.state().requests
        await clock.advance(stepMs)
        // Let a request that this caused be answered before the clock moves again.
        for (let turns = 0; turns < 20 && !holds(); turns++) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          if (turns > 3 && sandbox.control.state().requests === answered) break
        }
      }
      await eventually(what, holds, { seen, step })
    },
    async play(query, type) {
      const answer = await agent.ask('request/play', JSON.stringify({ query, type }))
      assert.equal(answer.status, 'ok', JSON.stringify(answer))
      await agent.said('state', ({ text }) => text.includes('"state":"playing"'))
      await agent.settle()
      return answer
    },
    surroundings: () => surroundings ?? assert.fail('it was never started'),
    abort: () => running?.stop.abort(),
    async stop() {
      const ending = running
      if (ending === undefined) return
      running = undefined
      ending.stop.abort()
      let isEnded = false
      const ended = ending.ended.finally(() => (isEnded = true))
      // At its end the agent waits a second or two for what does not answer.
      const nudges = setInterval(() => void (isEnded || clock.advance(500)), 250)
      await within('the end of the agent', ended, { seen }).finally(() => clearInterval(nudges))
    },
    async start(env = {}) {
      // Hide the machine that the tests run on.
      const readFile = (path: string): string =>
        path === '/etc/machine-id'
          ? (options.machine?.id ?? '')
          : path.startsWith('/proc/')
            ? ''
            : textOf(path)
      const facts = { hostName: 'test', homeDir: stateDir, readFile }
      const settings = {
        A2M_LWA_CLIENT_ID: clientId,
        A2M_SECURITY_PROFILE_ID: securityProfileId,
        A2M_LWA_URL: sandbox.url,
        A2M_MUSIC_URL: sandbox.url,
        A2M_MQTT_URL: brokerUrl.href,
        A2M_BASE_TOPIC: 'a2m',
        A2M_DEVICE_NAME: 'kitchen',
        A2M_STATE_DIR: stateDir,
        A2M_LOG_LEVEL: 'trace',
        // Other tests must not depend on what is installed.
        A2M_PLAYER: 'none',
        // The host of announcements in tests.
        A2M_ANNOUNCE_HOSTS: 'localhost,127.0.0.1',
        // Discovery sends many messages and has its own tests.
        A2M_DISCOVERY: 'off',
        ...options.env,
        ...env,
      }
      const terminal = { write: (line: string) => log.push(line) }
      const stop = new AbortController()
      const mark = everything().length
      const startedAtMs = clock.monotonicMs()
      const around = {
        argv: [],
        env: settings,
        facts,
        clock,
        random: options.random ?? (() => 0.5),
        stdout: terminal,
        stderr: terminal,
        rssBytes: () => 50_000_000,
        fault: new AbortController().signal,
        uptimeMs: () => clock.monotonicMs() - startedAtMs,
        nodeVersion: process.version,
        signalGroup,
        pid: process.pid,
      }
      surroundings = around
      const ended = runDaemon(readSettings({ env: settings, flags: {}, facts }), around, stop.signal)
      running = { stop, ended }
      const isOnline = (): boolean =>
        everything()
          .slice(mark)
          .some(({ topic, text }) => topic === `${prefix}/availability` && text === 'online')
      // The fallback to 3.1.1 may sleep for 0 ms, which ends only when the clock advances.
      const step = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        if (clock.sleeps.includes(0)) await clock.advance(0)
      }
      await eventually('the agent is online', isOnline, { seen: () => log.join(''), step })
    },
  }
  t.after(() => agent.stop())
  await agent.start()
  return agent
}

/** A gateway to the broker that changes its messages. */
async function throughGateway(t: TestContext, broker: URL, options: GatewayOptions): Promise<Gateway> {
  const gateway = await startGateway(broker, options)
  t.after(() => gateway[Symbol.asyncDispose]())
  return gateway
}

/** An agent on a device that is signed in. */
export async function signedInAgent(t: TestContext, options: AgentOptions = {}): Promise<TestAgent> {
  const agent = await startTestAgent(t, options)
  await agent.signIn()
  return agent
}

function isBarrier(text: string): boolean {
  return text.includes('"transaction":"barrier-')
}

const heard = /^(command|get|set|set\/.*|request\/.*)$/

function isSaidByAgent(topic: string): boolean {
  return topic.startsWith(`${prefix}/`) && !heard.test(topic.slice(prefix.length + 1))
}
