import type { SandboxControl } from './control.ts'
import {
  conditionsInput,
  faultInput,
  flagInput,
  numberInput,
  textInput,
  tierInput,
  type Input,
} from './input.ts'

/** One row of the control API: a method of `SandboxControl` over HTTP. */
export interface ControlRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly does: string
  /** Fields of the JSON body, or of the query for GET. Optional unless marked otherwise. */
  readonly takes: Readonly<Record<string, string>>
  readonly run: (control: SandboxControl, input: Input) => unknown
}

const CODE = { userCode: 'default: the newest that waits' }
const ACCOUNT = { account: 'ada (default) or ben' }
const SESSION = { sessionId: 'default: all' }

const account = (input: Input): string | undefined => textInput(input, 'account') ?? undefined
const session = (input: Input): string | null => textInput(input, 'sessionId')
const text = (input: Input, name: string): string | undefined => textInput(input, name) ?? undefined

const of = (
  method: ControlRow['method'],
  path: string,
  does: string,
  takes: ControlRow['takes'],
  run: ControlRow['run'],
) => ({
  method,
  path: `/control${path}`,
  does,
  takes,
  run,
})

export const controlTable: readonly ControlRow[] = [
  of('GET', '/state', 'everything at a glance', {}, (control) => control.state()),
  of('GET', '/codes', 'the code pairs handed out', {}, (control) => control.codes()),
  of('POST', '/codes/approve', 'the user says yes', { ...CODE, ...ACCOUNT }, (control, input) => ({
    userCode: control.approve(textInput(input, 'userCode'), account(input)),
  })),
  of('POST', '/codes/deny', 'the user says no', CODE, (control, input) => ({
    userCode: control.deny(textInput(input, 'userCode')),
  })),
  of('POST', '/codes/expire', 'all codes expire now', {}, (control) => ({ expired: control.expireCodes() })),
  of('POST', '/tokens/expire', 'all access tokens expire now', {}, (control) => ({
    expired: control.expireAccessTokens(),
  })),
  of('POST', '/tokens/revoke', 'the user removes the app: all refresh tokens die', {}, (control) => ({
    revoked: control.revokeRefreshTokens(),
  })),
  of('POST', '/clock/advance', 'moves the clock forward', { seconds: 'required' }, (control, input) =>
    control.advance(numberInput(input, 'seconds') ?? 0),
  ),
  of(
    'PUT',
    '/conditions',
    'changes how the sandbox behaves',
    { '<condition>': 'see conditions in /control/state' },
    (control, input) => control.change(conditionsInput(input)),
  ),
  of(
    'PUT',
    '/account',
    'changes an account',
    { ...ACCOUNT, tier: 'FREE, PRIME or UNLIMITED', hasMusicAccount: 'true or false' },
    (control, input) => {
      const [tier, hasMusicAccount] = [tierInput(input), flagInput(input, 'hasMusicAccount')]
      const change = { ...(tier && { tier }), ...(hasMusicAccount !== null && { hasMusicAccount }) }
      control.changeAccount(change, account(input))
    },
  ),
  of(
    'POST',
    '/faults',
    'the next requests that fit go wrong',
    {
      method: 'default: any',
      path: 'prefix; default: any',
      times: 'default 1',
      delayMs: 'wait first',
      status: 'answer this instead',
      headers: 'with status',
      body: 'with status: text as it is, else JSON',
      garbage: 'true: bytes that are no JSON',
      drop: 'before or after: break the connection before or after the request is served',
      noise: 'true: the real answer, with noise in place of its bytes',
      endless: 'true: a body that never ends',
      cutAfterBytes: 'break the connection after so much of the body',
      stallAfterBytes: 'send no more after so much of the body, and leave the connection open',
      bytesPerSecond: 'send the body no faster',
    },
    (control, input) => control.fault(faultInput(input)),
  ),
  of('DELETE', '/faults', 'forgets the faults in waiting', {}, (control) => control.clearFaults()),
  of(
    'PUT',
    '/protection',
    'a track, episode, ad or interlude is handed out protected from now on, or no longer',
    { entityId: 'required', protected: 'true (default) or false' },
    (control, input) => control.protect(text(input, 'entityId') ?? '', flagInput(input, 'protected') ?? true),
  ),
  of('GET', '/sessions', 'the playback sessions', {}, (control) => control.sessions()),
  of('POST', '/sessions/lapse', 'sessions are not found until restored', SESSION, (control, input) => ({
    lapsed: control.lapseSessions(session(input)),
  })),
  of('POST', '/sessions/forget', 'sessions are gone for good', SESSION, (control, input) => ({
    forgotten: control.forgetSessions(session(input)),
  })),
  of(
    'POST',
    '/stream/take-over',
    'another device streams on the account and displaces the one that did',
    { seconds: 'how long it plays; default 3600', ...ACCOUNT, deviceId: 'default: another-device' },
    (control, input) =>
      control.takeOver(numberInput(input, 'seconds') ?? undefined, account(input), text(input, 'deviceId')),
  ),
  of(
    'POST',
    '/stream/release',
    'the other device stops',
    { ...ACCOUNT, deviceId: 'default: another-device' },
    (control, input) => control.releaseStream(account(input), text(input, 'deviceId')),
  ),
  of(
    'GET',
    '/requests',
    'the last 10,000 requests',
    { method: 'default: any', path: 'prefix' },
    (control, input) => control.requests(text(input, 'method'), text(input, 'path')),
  ),
  of('DELETE', '/requests', 'forgets the requests', {}, (control) => control.clearRequests()),
  of('GET', '/reports', 'the start and stop reports, in order', SESSION, (control, input) =>
    control.reports(session(input)),
  ),
  of('GET', '/violations', 'what was out of order about the reports', SESSION, (control, input) =>
    control.violations(session(input)),
  ),
  of('GET', '/reports/unfinished', 'the start reports whose stop has not come', SESSION, (control, input) =>
    control.unfinished(session(input)),
  ),
  of('GET', '/secrets', 'every code, token, licence token and audio signature issued', {}, (control) =>
    control.secrets(),
  ),
  of('GET', '/catalog', 'all that can be played, with its MRN', {}, (control) => control.catalog()),
]
