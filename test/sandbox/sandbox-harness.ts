import type { TestContext } from 'node:test'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { ManualClock } from './manual-clock.ts'

export const CLIENT_ID = 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef'
const PROFILE_ID = 'amzn1.application.0123456789abcdef0123456789abcdef'
const ALL_SCOPES =
  'profile postal_code music::catalog music::playback music::library:read music::favorites:read music::history music::profile'

export interface Reply {
  readonly status: number
  /** Any field, at any depth: `reply.at('data', 'entities', 0, 'title')`. */
  at(...path: (string | number)[]): unknown
  readonly text: string
  readonly headers: Headers
}

/** A sandbox on a manual clock, and the calls a device makes to it. */
export class Stage {
  readonly clock: ManualClock
  readonly sandbox: Sandbox
  deviceId = 'device-one'
  accessToken = ''
  refreshToken = ''

  constructor(clock: ManualClock, sandbox: Sandbox) {
    this.clock = clock
    this.sandbox = sandbox
  }

  get control(): Sandbox['control'] {
    return this.sandbox.control
  }

  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<Reply> {
    const url = path.startsWith('http') ? path : this.sandbox.url + path
    const init = { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) } as const
    const response = await fetch(url, init)
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      at: (...keys) => dig(parse(text), keys),
    }
  }

  form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.send('POST', path, { ...type, ...headers }, new URLSearchParams(fields).toString())
  }

  async codePair(fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Pair> {
    const usual = { response_type: 'device_code', client_id: CLIENT_ID, scope: ALL_SCOPES }
    const reply = await this.form('/auth/o2/create/codepair', { ...usual, ...fields }, headers)
    return { reply, userCode: String(reply.at('user_code')), deviceCode: String(reply.at('device_code')) }
  }

  poll({ userCode, deviceCode }: Pick<Pair, 'userCode' | 'deviceCode'>): Promise<Reply> {
    const fields = { grant_type: 'device_code', device_code: deviceCode, user_code: userCode }
    return this.form('/auth/o2/token', fields)
  }

  refresh(refreshToken = this.refreshToken, clientId = CLIENT_ID): Promise<Reply> {
    const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId }
    return this.form('/auth/o2/token', fields)
  }

  /** Links the device: the user says yes at once. */
  async link(fields: Record<string, string> = {}, account = 'ada'): Promise<void> {
    const pair = await this.codePair(fields)
    this.control.approve(pair.userCode, account)
    this.clock.advance(30)
    const reply = await this.poll(pair)
    this.accessToken = String(reply.at('access_token'))
    this.refreshToken = String(reply.at('refresh_token'))
  }

  musicHeaders(): Record<string, string> {
    return {
      authorization: `Bearer ${this.accessToken}`,
      'x-api-key': PROFILE_ID,
      'x-amzn-audio-drmtype': 'WIDEVINE',
      'x-amzn-audio-device-capability': 'STD_RES,HI_FI',
      'x-amzn-device-id': this.deviceId,
      'content-type': 'application/json',
    }
  }

  music(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.send(
      method,
      `/v1${path}`,
      this.musicHeaders(),
      body === undefined ? undefined : JSON.stringify(body),
    )
  }

  /** MRN of the first entity of a kind, or of the one with this title. */
  mrn(kind: string, title?: string): string {
    return this.item(kind, title).mrn
  }

  item(kind: string, title?: string): ReturnType<Sandbox['control']['catalog']>[number] {
    const found = this.control
      .catalog()
      .find((one) => one.kind === kind && (title === undefined || one.title === title))
    if (!found) throw new Error(`the catalog has no ${kind} ${title ?? ''}`)
    return found
  }

  /** Creates a session; the answer as it came. */
  play(
    id: string,
    options: Record<string, unknown> = {},
    more: Record<string, unknown> = {},
  ): Promise<Reply> {
    return this.music('POST', '/playback/sessions', {
      playParams: { id },
      playbackOptions: options,
      limit: 5,
      ...more,
    })
  }

  report(metricId: unknown, type: 'start' | 'stop', reason?: string): Promise<Reply> {
    return this.music('POST', '/playback/event', { metricId, event: this.event(type, reason) })
  }

  event(type: 'start' | 'stop', terminationReason = 'trackFinished'): Record<string, unknown> {
    const start = { type, clientTimestampInMilliseconds: this.clock.epochMs() }
    if (type === 'start') return start
    return { ...start, durationSeconds: 3, entityProgressSeconds: 3, rebufferCount: 0, terminationReason }
  }
}

export interface Pair {
  readonly reply: Reply
  readonly userCode: string
  readonly deviceCode: string
}

/** A sandbox that lives as long as the test. */
export async function stage(t: TestContext, options: SandboxOptions = {}): Promise<Stage> {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock, tps: 100_000, ...options })
  t.after(() => sandbox.close())
  return new Stage(clock, sandbox)
}

/** The same with a linked device. */
export async function linkedStage(t: TestContext, options: SandboxOptions = {}): Promise<Stage> {
  const staged = await stage(t, options)
  await staged.link()
  return staged
}

/** The titles of `data.entities`. */
export function titles(reply: Reply): string[] {
  const entities = reply.at('data', 'entities')
  return Array.isArray(entities)
    ? entities.map((_, i) => String(reply.at('data', 'entities', i, 'title')))
    : []
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function dig(value: unknown, keys: (string | number)[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined | null)?.[String(key)],
    value,
  )
}
