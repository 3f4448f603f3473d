import { unnamedSignIn } from '../lib/account-identity.ts'
import { field, filledString, listOf, optional, string, object, type Decoder } from '../lib/decode.ts'
import { toAppError, type AppError } from '../lib/errors.ts'
import { errorFields, type Log } from '../lib/log.ts'
import { Secret } from '../lib/secret.ts'
import { openStoredFile } from '../lib/storage/stored-file.ts'

/**
 * What a sign-in leaves. Access tokens and their times are never stored: both are useless after a restart.
 */
export interface Link {
  readonly refreshToken: Secret
  /** The scopes the token was requested with. */
  readonly scopes: readonly string[]
  readonly userId: string | undefined
  /** Created at the sign-in, and the same until the next one. */
  readonly signInId: string
}

/**
 * The link, in memory and on disk. Memory comes first: when the disk is full or read-only the sign-in stays
 * in use, and {@link TokenStore.retry} brings the disk up to date later.
 */
export interface TokenStore {
  readonly link: Link | undefined
  /** Why the saved sign-in was not used, until another one is saved. */
  readonly discarded: string | undefined
  /** The problem that prevented the last save; undefined when the disk is up to date. */
  readonly problem: AppError | undefined
  save(link: Link): void
  clear(): void
  retry(): void
}

export interface TokenStoreOptions {
  /** The state folder. */
  readonly folder: string
  readonly clientId: string
  /** The scopes in the settings. */
  readonly scopes: readonly string[]
  readonly log: Log
}

interface Stored extends Link {
  readonly clientId: string
}

/** Opens `tokens.json` in the state folder (mode 0600). Never throws. */
export function openTokenStore({ folder, clientId, scopes, log }: TokenStoreOptions): TokenStore {
  const file = openStoredFile<Stored>({ folder, name: 'tokens', decode, encode, log })
  let link: Link | undefined
  let discarded: string | undefined
  let problem: AppError | undefined

  // A token belongs to one client: a request with another id fails for ever (avs-device-sdk#687). The file
  // stays until the next sign-in, so that correcting a mistyped id brings the link back.
  if (file.value !== undefined && file.value.clientId !== clientId) {
    discarded =
      'The saved sign-in belongs to another client id (A2M_LWA_CLIENT_ID has changed): sign in again'
    log.warn(discarded, { code: 'account/signed-out' })
  } else {
    link = file.value
  }
  const added = link === undefined ? [] : scopes.filter((scope) => !link?.scopes.includes(scope))
  if (added.length > 0) {
    log.warn('The saved sign-in lacks scopes that the settings ask for: sign in again (command login)', {
      scopes: added.join(' '),
    })
  }

  const write = (): void => {
    try {
      if (link === undefined) file.clear()
      else {
        const isOther = file.value !== undefined && file.value.signInId !== link.signInId
        file.save({ ...link, clientId })
        // Saves twice, so that the previous copy is replaced too: if this file is damaged, the other account
        // must not come back.
        if (isOther) file.save({ ...link, clientId })
      }
      if (problem !== undefined) log.info('The sign-in is on the disk again')
      problem = undefined
    } catch (error) {
      // Logged once, not at every try.
      if (problem === undefined) {
        log.error('The sign-in is kept in memory only: a restart would lose it', errorFields(error))
      }
      problem = toAppError(error)
    }
  }

  return {
    get link() {
      return link
    },
    get discarded() {
      return discarded
    },
    get problem() {
      return problem
    },
    save(next) {
      link = next
      discarded = undefined
      write()
    },
    clear() {
      link = undefined
      discarded = undefined
      write()
    },
    retry() {
      if (problem !== undefined) write()
    },
  }
}

const decode: Decoder<Stored> = (value, path) => {
  const source = object(value, path)
  return {
    refreshToken: new Secret(field(source, 'refresh_token', filledString, path)),
    clientId: field(source, 'client_id', filledString, path),
    scopes: field(source, 'scopes', listOf(string), path),
    userId: field(source, 'user_id', optional(filledString), path),
    signInId: field(source, 'sign_in_id', optional(filledString), path) ?? unnamedSignIn,
  }
}

function encode({
  refreshToken,
  clientId,
  scopes,
  userId,
  signInId,
}: Stored): Readonly<Record<string, unknown>> {
  return {
    refresh_token: refreshToken.reveal(),
    client_id: clientId,
    scopes,
    user_id: userId ?? null,
    ...(signInId === unnamedSignIn ? {} : { sign_in_id: signInId }),
  }
}
