import type { Account } from '../account.ts'
import type { SandboxClock } from '../clock.ts'
import type { Conditions } from '../conditions.ts'
import type { Draw } from '../draw.ts'
import type { Secrets } from '../secrets.ts'

/** The user's consent, which the access tokens and refresh tokens of one sign-in share. */
export interface Grant {
  readonly account: Account
  readonly clientId: string
  readonly scopes: readonly string[]
}

export interface AccessToken {
  readonly value: string
  readonly grant: Grant
  readonly issuedEpochMs: number
  expiresAtMs: number
  /** The refresh token that becomes invalid when this token is first used (`rotation: 'on-first-use'`). */
  retires: RefreshToken | null
}

export interface RefreshToken {
  readonly value: string
  readonly grant: Grant
  state: 'live' | 'rotated' | 'revoked'
}

/** The URL-safe alphabet of real tokens, after their prefix `Atza|` or `Atzr|`. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** LWA access token: 350 characters or longer, at most 2048 bytes. */
const LENGTH = 380

/** All issued tokens. Lifetimes are on the monotonic clock. */
export class Tokens {
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, RefreshToken>()
  readonly #clock: SandboxClock
  readonly #draw: Draw
  readonly #secrets: Secrets

  constructor(clock: SandboxClock, draw: Draw, secrets: Secrets) {
    this.#clock = clock
    this.#draw = draw
    this.#secrets = secrets
  }

  issueAccess(grant: Grant, { accessTokenLifetime }: Conditions, retires: RefreshToken | null): AccessToken {
    const nowMs = this.#clock.monotonicMs()
    for (const [value, token] of this.#access) if (nowMs >= token.expiresAtMs) this.#access.delete(value)
    const token: AccessToken = {
      value: `Atza|${this.#draw.text(ALPHABET, LENGTH)}`,
      grant,
      issuedEpochMs: this.#clock.epochMs(),
      expiresAtMs: nowMs + accessTokenLifetime * 1000,
      retires,
    }
    this.#access.set(token.value, token)
    this.#secrets.accessTokens.add(token.value)
    return token
  }

  issueRefresh(grant: Grant): RefreshToken {
    const token: RefreshToken = { value: `Atzr|${this.#draw.text(ALPHABET, LENGTH)}`, grant, state: 'live' }
    this.#refresh.set(token.value, token)
    this.#secrets.refreshTokens.add(token.value)
    return token
  }

  /** The access token with this value, counted as used; null when unknown or expired. */
  use(value: string): AccessToken | null {
    const token = this.#access.get(value)
    if (!token || this.#clock.monotonicMs() >= token.expiresAtMs) return null
    if (token.retires) {
      if (token.retires.state === 'live') token.retires.state = 'rotated'
      token.retires = null
    }
    return token
  }

  refreshToken(value: string): RefreshToken | null {
    return this.#refresh.get(value) ?? null
  }

  live(): { access: AccessToken[]; refresh: RefreshToken[] } {
    const nowMs = this.#clock.monotonicMs()
    return {
      access: [...this.#access.values()].filter((token) => nowMs < token.expiresAtMs),
      refresh: [...this.#refresh.values()].filter((token) => token.state === 'live'),
    }
  }

  /** As if the user removed the app. Returns how many refresh tokens were revoked. */
  revokeRefresh(): number {
    const { refresh } = this.live()
    for (const token of refresh) token.state = 'revoked'
    return refresh.length
  }

  expireAccess(): number {
    const { access } = this.live()
    for (const token of access) token.expiresAtMs = this.#clock.monotonicMs()
    return access.length
  }
}
