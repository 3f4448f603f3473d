import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import type { AccountEvent, AccountState } from '../../../src/account/account-state.ts'
import { createAccount, type Account, type AccountOptions } from '../../../src/account/account.ts'
import { createLwa } from '../../../src/account/lwa.ts'
import { openTokenStore } from '../../../src/account/token-store.ts'
import { createHttp } from '../../../src/lib/http/http.ts'
import { createLog } from '../../../src/lib/log.ts'
import { checkWritable } from '../../../src/lib/storage/stored-file.ts'
import type { SandboxOptions } from '../../../src/sandbox/options.ts'
import { startSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts'
import { eventually, turn, within } from '../../support/eventually.ts'
import { ManualClock } from '../../support/clocks/manual-clock.ts'
import { tempParent } from '../../support/temp-folder.ts'

export const clientId = 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef'
export const usualScopes = ['profile:user_id', 'music::playback']

export interface Life {
  readonly account: Account
  readonly states: readonly AccountState[]
  readonly events: readonly AccountEvent[]
  /** Ends this life as a signal from outside does. */
  stop(): Promise<void>
  /** Aborts without waiting for the end. */
  readonly abort: () => void
  readonly ended: Promise<void>
  /** Resolves once `holds` does, without moving the clock. */
  until(holds: () => boolean): Promise<void>
  /** Moves the clock from sleep to sleep until `holds`. @param sleepers how many sleep when all is quiet */
  drive(holds: () => boolean, sleepers?: number): Promise<void>
}

export type Change = Pick<AccountOptions, 'beforeEnd' | 'onSignedOut' | 'volatile'> & {
  readonly clientId?: string
  readonly scopes?: readonly string[]
}

export interface Device {
  readonly clock: ManualClock
  readonly sandbox: Sandbox
  readonly folder: string
  readonly lines: readonly string[]
  /** Starts the account, with what earlier lives left on the disk. */
  readonly start: (change?: Change) => Life
  /** Starts it, signs in as `ada` and waits until that is done. */
  readonly signIn: (change?: Change) => Promise<Life>
  /** Requests to the token endpoint that ask for a refresh. */
  readonly refreshes: () => number
}

/**
 * A device with a sandbox for its peer, on one clock that only the test moves. At the end nothing may sleep, and no
 * secret the sandbox handed out may stand in a log line, a state or an event.
 */
export async function device(t: TestContext, conditions: SandboxOptions = {}): Promise<Device> {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ clock, ...conditions })
  const folder = mkdtempSync(join(tempParent, 'account-'))
  const http = createHttp('test')
  const lines: string[] = []
  const lives: Life[] = []

  const start: Device['start'] = (change = {}) => {
    const life = begin({ clock, sandbox, folder, http, lines, ...change })
    lives.push(life)
    return life
  }

  t.after(async () => {
    for (const life of lives) await life.stop()
    http.close()
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
    assert.equal(clock.sleeping, 0)
    const said = lines.join('') + JSON.stringify(lives.map(({ states, events }) => [states, events]))
    const { deviceCodes, accessTokens, refreshTokens } = sandbox.control.secrets()
    for (const secret of [...deviceCodes, ...accessTokens, ...refreshTokens]) {
      assert.ok(!said.includes(secret), 'a secret was said aloud')
    }
  })

  return {
    clock,
    sandbox,
    folder,
    lines,
    start,
    async signIn(change) {
      const life = start(change)
      await life.until(() => life.account.state.state === 'awaiting_user')
      sandbox.control.approve()
      await life.drive(() => life.account.state.state === 'signed_in')
      await clock.untilSleeping()
      return life
    },
    refreshes: () =>
      sandbox.control
        .requests('POST', '/auth/o2/token')
        .filter(({ body }) => body.includes('grant_type=refresh_token')).length,
  }
}

interface Beginning extends Change {
  readonly clock: ManualClock
  readonly sandbox: Sandbox
  readonly folder: string
  readonly http: ReturnType<typeof createHttp>
  readonly lines: string[]
}

function begin(from: Beginning): Life {
  const { clock, folder, http } = from
  const scopes = from.scopes ?? usualScopes
  const states: AccountState[] = []
  const events: AccountEvent[] = []
  const checks = new Set<() => void>()
  const look = (): void => {
    for (const check of checks) check()
  }

  const log = createLog({ level: 'trace', write: (line) => from.lines.push(line) })
  const lwa = createLwa({
    http,
    lwaUrl: new URL(from.sandbox.url),
    clientId: from.clientId ?? clientId,
    locale: 'en-US',
  })
  const account = createAccount({
    lwa,
    scopes,
    store: openTokenStore({ folder, clientId: lwa.clientId, scopes, log }),
    checkWritable: () => checkWritable(folder),
    clock,
    random: () => 0.5,
    log,
    volatile: from.volatile,
    ...(from.beforeEnd === undefined ? {} : { beforeEnd: from.beforeEnd }),
    ...(from.onSignedOut === undefined ? {} : { onSignedOut: from.onSignedOut }),
    onChange(state) {
      states.push(state)
      look()
    },
    onEvent(event) {
      events.push(event)
      look()
    },
  })
  const controller = new AbortController()
  const ended = account.run(controller.signal)

  const seen = (): unknown => ({ state: states.at(-1), events, sleeps: clock.sleeps })
  const until: Life['until'] = (holds) =>
    within(
      String(holds),
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (!holds()) return
          checks.delete(check)
          resolve()
        }
        checks.add(check)
        check()
      }),
      { seen },
    )

  return {
    account,
    states,
    events,
    ended,
    abort: () => controller.abort(),
    async stop() {
      controller.abort()
      await ended
    },
    until,
    async drive(holds, sleepers = 1) {
      const step = async (): Promise<void> => {
        if (clock.sleeping < sleepers) await turn()
        else await clock.advance(Math.min(...clock.sleeps))
      }
      await eventually(String(holds), holds, { seen, step })
    },
  }
}
