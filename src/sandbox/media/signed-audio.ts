import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** A URL path that plays until `expiresEpochSeconds`. */
export interface SignedPath {
  readonly path: string
  readonly signature: string
  readonly expiresEpochSeconds: number
}

/** Signs audio paths, so that a leaked URL is a leaked secret, as it is with the real service. */
export class SignedAudio {
  readonly #key = randomBytes(32)

  sign(playableId: string, expiresEpochSeconds: number): SignedPath {
    const signature = this.#signature(playableId, expiresEpochSeconds)
    return {
      path: `/audio/${playableId}.wav?expires=${expiresEpochSeconds}&signature=${signature}`,
      signature,
      expiresEpochSeconds,
    }
  }

  /** Whether this signature was made here for this file and has not run out. */
  isGood(playableId: string, query: URLSearchParams, nowEpochMs: number): boolean {
    const expires = Number(query.get('expires') ?? Number.NaN)
    if (!Number.isInteger(expires) || nowEpochMs >= expires * 1000) return false
    const given = Buffer.from(query.get('signature') ?? '')
    const wanted = Buffer.from(this.#signature(playableId, expires))
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }

  #signature(playableId: string, expires: number): string {
    return createHmac('sha256', this.#key).update(`${playableId} ${expires}`).digest('hex')
  }
}
