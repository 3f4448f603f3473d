import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { twoAccounts } from './account.ts'
import { makeCatalog } from './catalog/make-catalog.ts'
import { MovableClock, systemClock } from './clock.ts'
import { usualConditions } from './conditions.ts'
import { SandboxControl } from './control/control.ts'
import { controlRoutes } from './control/routes.ts'
import { Draw, systemRandom } from './draw.ts'
import { Faults } from './http/faults.ts'
import { RecordedRequests } from './http/recorded-requests.ts'
import { Routes } from './http/routes.ts'
import { sandboxServer } from './http/server.ts'
import { CodePairs } from './lwa/code-pairs.ts'
import { lwaRoutes } from './lwa/routes.ts'
import { Tokens } from './lwa/tokens.ts'
import { ContentKeys } from './media/common-encryption.ts'
import { SignedAudio } from './media/signed-audio.ts'
import type { MusicWorld } from './music/music-world.ts'
import { musicRoutes } from './music/routes.ts'
import { Throttle } from './music/throttle.ts'
import { conditionsOf, type SandboxOptions } from './options.ts'
import { signInRoutes } from './page/sign-in.ts'
import { Reports } from './playback/reports/reports.ts'
import { Sessions } from './playback/sessions.ts'
import { Skips } from './playback/skips.ts'
import { Streams } from './playback/streams.ts'
import { Secrets } from './secrets.ts'

export type { SandboxClock } from './clock.ts'
export type { SandboxOptions } from './options.ts'

/** A running simulator of Login with Amazon and the Amazon Music Web API V1. */
export interface Sandbox {
  /** `http://host:port` without a trailing slash: base of both APIs, the page and `/control`. */
  readonly url: string
  readonly control: SandboxControl
  /** Closes all connections and stops listening. */
  close(): Promise<void>
}

/** Starts a sandbox. Rejects when it cannot listen on the port. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0 } = options
  let url = ''
  let publicUrl = ''
  const music = makeWorld(options, () => publicUrl)
  const closing = new AbortController()
  const [faults, recorded] = [new Faults(), new RecordedRequests()]
  const control = new SandboxControl(music, faults, recorded)
  const routes = new Routes([
    ...lwaRoutes(music),
    ...signInRoutes(music),
    ...musicRoutes(music),
    ...controlRoutes(control),
  ])
  const log = options.log ?? (() => undefined)
  const server = sandboxServer({ routes, faults, recorded, clock: music.clock, signal: closing.signal, log })
  server.listen(port, host)
  await once(server, 'listening')
  const at = (name: string): string =>
    `http://${name.includes(':') ? `[${name}]` : name}:${(server.address() as AddressInfo).port}`
  url = at(host === '0.0.0.0' ? '127.0.0.1' : host)
  publicUrl = options.publicUrl?.replace(/\/+$/, '') ?? at(options.publicHost ?? host)
  const close = async (): Promise<void> => {
    if (!server.listening) return
    closing.abort()
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { url, control, close }
}

function makeWorld(options: SandboxOptions, publicUrl: () => string): MusicWorld {
  const clock = new MovableClock(options.clock ?? systemClock)
  const draw = new Draw(options.random ?? systemRandom)
  const conditions = conditionsOf(options, usualConditions)
  const accounts = twoAccounts(options.tier ?? 'UNLIMITED')
  const secrets = new Secrets()
  return {
    clock,
    draw,
    conditions,
    accounts,
    secrets,
    publicUrl,
    codePairs: new CodePairs(clock, draw, secrets),
    tokens: new Tokens(clock, draw, secrets),
    catalog: makeCatalog(accounts.map(({ key }) => key)),
    signedAudio: new SignedAudio(),
    contentKeys: new ContentKeys(),
    protectedIds: new Set(),
    throttle: new Throttle(clock),
    sessions: new Sessions(clock, conditions),
    streams: new Streams(clock, conditions),
    skips: new Skips(clock, conditions),
    reports: new Reports(),
  }
}
