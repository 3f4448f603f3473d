import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { createAccount } from '../../src/account/account.ts'
import type { AccountState } from '../../src/account/account-state.ts'
import { createLwa, type FirstGrant, type Lwa } from '../../src/account/lwa.ts'
import type { CodePair, TokenGrant } from '../../src/account/lwa-wire.ts'
import { openTokenStore } from '../../src/account/token-store.ts'
import { createHttp } from '../../src/lib/http/http.ts'
import { createLog } from '../../src/lib/log.ts'
import { Secret } from '../../src/lib/secret.ts'
import { checkWritable } from '../../src/lib/storage/stored-file.ts'
import { eventually } from '../support/eventually.ts'
import { ManualClock } from '../support/clocks/manual-clock.ts'
import type { Peer, StartPeer } from './peer.ts'
import { tempParent } from '../support/temp-folder.ts'

const { signal } = new AbortController()

interface Table {
  readonly peer: Peer
  readonly clock: ManualClock
  readonly lwa: Lwa
  readonly lwaOf: (clientId: string) => Lwa
  readonly newPair: () => Promise<CodePair>
  /** Polls once, no sooner than the pair allows. */
  readonly poll: (pair: CodePair) => ReturnType<Lwa['pollToken']>
  /** A pair that was allowed and turned into tokens. */
  readonly signIn: () => Promise<FirstGrant>
}

async function table(t: TestContext, start: StartPeer): Promise<Table> {
  const clock = new ManualClock()
  const peer = await start(t, clock)
  const http = createHttp('contract-test')
  t.after(() => http.close())
  const lwaOf = (clientId: string): Lwa => createLwa({ http, lwaUrl: peer.lwaUrl, clientId, locale: 'en-US' })
  const lwa = lwaOf(peer.clientId)
  const newPair = async (): Promise<CodePair> => okay(await lwa.requestCodePair(peer.scopes, signal))
  const poll: Table['poll'] = async (pair) => {
    await clock.advance(pair.intervalMs)
    return lwa.pollToken(pair, signal)
  }
  const signIn = async (): Promise<FirstGrant> => {
    const pair = await newPair()
    await peer.allow(pair)
    return okay(await poll(pair))
  }
  return { peer, clock, lwa, lwaOf, newPair, poll, signIn }
}

function okay<T>(outcome: { readonly kind: 'ok'; readonly value: T } | { readonly kind: string }): T {
  if ('value' in outcome) return outcome.value
  throw new Error(`expected ok, found ${outcome.kind}`)
}

function refusal(outcome: Awaited<ReturnType<Lwa['pollToken'] | Lwa['refresh'] | Lwa['requestCodePair']>>): {
  readonly kind: string
  readonly code: string
} {
  assert.notEqual(outcome.kind, 'ok')
  return { kind: outcome.kind, code: 'error' in outcome ? outcome.error.code : '' }
}

/** The rules of OAuth that the account room lives by, for any server that keeps them. */
export function oauthRules(server: string, start: StartPeer): void {
  const rule = (name: string, check: (at: Table, t: TestContext) => Promise<void>): void => {
    test(`${server}: ${name}`, async (t) => {
      const at = await table(t, start)
      await check(at, t)
      assert.equal(at.clock.sleeping, 0)
    })
  }

  rule('a code pair can be shown and polled for', async ({ newPair }) => {
    const pair = await newPair()
    assert.ok(pair.lifetimeMs >= 60_000, `pair.lifetimeMs >= 60_000: ${pair.lifetimeMs}`)
    assert.ok(pair.intervalMs >= 5_000, `pair.intervalMs >= 5_000: ${pair.intervalMs}`)
    assert.equal(URL.canParse(pair.verificationUri), true)
    assert.equal(new URL(pair.verificationUriComplete).searchParams.get('cbl-code'), pair.userCode)
  })

  rule('a client that does not exist is a matter of configuration', async ({ peer, lwaOf }) => {
    const outcome = await lwaOf(peer.unknownClientId).requestCodePair(peer.scopes, signal)
    assert.deepEqual(refusal(outcome), { kind: 'configuration', code: 'account/client' })
  })

  rule('a code nobody used yet is pending', async ({ newPair, poll }) => {
    const pair = await newPair()
    for (let count = 0; count < 3; count++) assert.equal(refusal(await poll(pair)).kind, 'pending')
  })

  rule('allowing gives tokens, and only once', async ({ peer, newPair, poll }) => {
    const pair = await newPair()
    await peer.allow(pair)
    const grant = okay<FirstGrant>(await poll(pair))
    assert.ok(grant.lifetimeMs >= 60_000, `grant.lifetimeMs >= 60_000: ${grant.lifetimeMs}`)
    assert.equal(grant.accessToken.equals(grant.refreshToken), false)
    assert.equal(refusal(await poll(pair)).kind, 'expired')
  })

  rule('a denial is told apart from an expiry', async ({ peer, newPair, poll }) => {
    const pair = await newPair()
    await peer.deny(pair)
    assert.deepEqual(refusal(await poll(pair)), { kind: 'denied', code: 'account/denied' })
  })

  rule('a device code without the user code that belongs to it is worth nothing', async (at) => {
    const pair = await at.newPair()
    await at.peer.allow(pair)
    assert.equal(refusal(await at.poll({ ...pair, userCode: 'WRONG' })).kind, 'expired')
    assert.equal(
      refusal(await at.poll({ ...pair, deviceCode: new Secret('no-such-device-code') })).kind,
      'expired',
    )
  })

  rule('a refresh gives a new access token, and the rotated token goes on', async ({ lwa, signIn }) => {
    const first = await signIn()
    const second = okay<TokenGrant>(await lwa.refresh(first.refreshToken, true, signal))
    assert.equal(second.accessToken.equals(first.accessToken), false)
    assert.ok(
      second.refreshToken !== undefined && !second.refreshToken.equals(first.refreshToken),
      'second.refreshToken !== undefined && !second.refreshToken.equals(first.refreshToken)',
    )
    const third = okay<TokenGrant>(await lwa.refresh(second.refreshToken, false, signal))
    assert.equal(third.accessToken.equals(second.accessToken), false)
  })

  rule('a token that was rotated away is dead', async ({ lwa, signIn }) => {
    const { refreshToken } = await signIn()
    okay<TokenGrant>(await lwa.refresh(refreshToken, true, signal))
    const outcome = await lwa.refresh(refreshToken, false, signal)
    assert.deepEqual(refusal(outcome), { kind: 'definitive', code: 'account/revoked' })
  })

  rule('a revoked token is dead', async ({ peer, lwa, signIn }) => {
    const { refreshToken } = await signIn()
    await peer.revoke()
    const outcome = await lwa.refresh(refreshToken, false, signal)
    assert.deepEqual(refusal(outcome), { kind: 'definitive', code: 'account/revoked' })
  })

  rule("another client's token is dead for this one", async ({ peer, lwaOf, signIn }) => {
    const { refreshToken } = await signIn()
    const outcome = await lwaOf(peer.otherClientId).refresh(refreshToken, false, signal)
    assert.deepEqual(refusal(outcome), { kind: 'definitive', code: 'account/revoked' })
  })

  rule('the access token opens the profile', async ({ peer, lwa, signIn }) => {
    const { accessToken } = await signIn()
    assert.equal(okay<string>(await lwa.profile(accessToken, signal)), peer.userId)
    const outcome = await lwa.profile(new Secret('no-such-token'), signal)
    assert.notEqual(outcome.kind, 'ok')
  })

  rule(
    'an account signs in, stays signed in, is revoked and signs in again',
    async ({ peer, clock, lwa }, t) => {
      const folder = mkdtempSync(join(tempParent, 'account-'))
      t.after(() => rmSync(folder, { recursive: true, force: true }))
      const log = createLog({ level: 'silent', write: () => undefined })
      const seen: string[] = []
      const life = new AbortController()
      const account = createAccount({
        lwa,
        scopes: peer.scopes,
        store: openTokenStore({ folder, clientId: lwa.clientId, scopes: peer.scopes, log }),
        checkWritable: () => checkWritable(folder),
        clock,
        random: () => 0.5,
        log,
        onChange: () => undefined,
        onEvent: ({ type }) => seen.push(type),
      })
      const running = account.run(life.signal)
      const drive = async (holds: (state: AccountState) => boolean): Promise<void> => {
        const step = async (): Promise<void> => {
          await clock.untilSleeping()
          if (!holds(account.state)) await clock.advance(Math.min(...clock.sleeps))
        }
        await eventually(String(holds), () => holds(account.state), { seen: () => account.state, step })
      }
      const allow = async (): Promise<void> => {
        await drive(({ login }) => login.state === 'awaiting_user')
        await clock.untilSleeping()
        const { login } = account.state
        if (login.state === 'awaiting_user') await peer.allow(login)
        await drive(({ state }) => state === 'signed_in')
      }

      await allow()
      assert.equal(account.state.userId, peer.userId)
      const token = await account.tokens.get(signal)
      await drive(() => seen.filter((type) => type === 'token_refreshed').length === 2)
      assert.equal((await account.tokens.get(signal)).equals(token), false)
      await peer.revoke()
      await allow()
      assert.deepEqual(seen, [
        'login_required',
        'token_refreshed',
        'login_succeeded',
        'token_refreshed',
        'token_revoked',
        'login_required',
        'token_refreshed',
        'login_succeeded',
      ])
      life.abort()
      await running
    },
  )
}
