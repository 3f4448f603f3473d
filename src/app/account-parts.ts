import { createAccount, type Account, type AccountOptions } from '../account/account.ts'
import type { AccountEvent, AccountState } from '../account/account-state.ts'
import { createLwa } from '../account/lwa.ts'
import { openTokenStore } from '../account/token-store.ts'
import type { Clock } from '../lib/clock.ts'
import type { Http } from '../lib/http/http.ts'
import type { Log } from '../lib/log.ts'
import type { Liveness } from '../lib/liveness.ts'
import { checkWritable } from '../lib/storage/stored-file.ts'
import { volatileProblem } from '../lib/storage/mount.ts'
import type { Settings } from '../settings/table.ts'

export const accountSettings = ['stateDir', 'lwaClientId', 'lwaUrl', 'locale', 'scopes', 'caFile'] as const

export interface AccountPlaces extends Pick<AccountOptions, 'beforeEnd' | 'onSignedOut'> {
  readonly settings: Pick<Settings, (typeof accountSettings)[number]>
  readonly http: Http
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly liveness?: Liveness
  readonly onChange: (state: AccountState) => void
  readonly onEvent: (event: AccountEvent) => void
}

/** Builds the account of a state folder: for the agent, and for `login` without a running agent. */
export function buildAccount({
  settings,
  http,
  clock,
  random,
  log,
  liveness,
  beforeEnd,
  onSignedOut,
  onChange,
  onEvent,
}: AccountPlaces): Account {
  const { stateDir: folder, lwaClientId: clientId, lwaUrl, locale, scopes } = settings
  return createAccount({
    lwa: createLwa({ http, lwaUrl, clientId, locale }),
    store: openTokenStore({ folder, clientId, scopes, log }),
    scopes,
    checkWritable: () => checkWritable(folder),
    volatile: volatileProblem(folder),
    clock,
    random,
    log,
    ...(liveness === undefined ? {} : { liveness }),
    ...(beforeEnd === undefined ? {} : { beforeEnd }),
    ...(onSignedOut === undefined ? {} : { onSignedOut }),
    onChange,
    onEvent,
  })
}
