/**
 * How long before its expiry a token is renewed, as in Amazon's AVS Device SDK (accessTokenRefreshHeadStart).
 */
const headStartMs = 600_000
/** The head start of a token with a short lifetime, as a share of it. */
const headStartShare = 0.25
/** The head start grows by up to this share at random, so that several agents do not refresh at the same time. */
const jitterShare = 0.2
/** The least time between two refreshes, however short the token's lifetime. */
const leastMs = 1_000
/** A token this close to its expiry is no longer used: it must outlive its request. */
const lastUseMs = 10_000
const lastUseShare = 0.1

/**
 * When to renew an access token, in milliseconds from before it was requested.
 *
 * @param random returns [0, 1)
 */
export function renewAfterMs(lifetimeMs: number, random: () => number): number {
  const leadMs = Math.min(headStartMs, lifetimeMs * headStartShare)
  return Math.max(leastMs, lifetimeMs - leadMs * (1 + jitterShare * random()))
}

/** How long an access token is used, in milliseconds from before it was requested. */
export function usableForMs(lifetimeMs: number): number {
  return lifetimeMs - Math.min(lastUseMs, lifetimeMs * lastUseShare)
}
