import type { Conditions } from '../conditions.ts'

/** A client id: this prefix, no braces, quotes or spaces, at most 100 bytes (LWA security-profile page). */
const CLIENT_ID = /^amzn1\.application-oa2-client\.[A-Za-z0-9._-]+$/
const MAX_BYTES = 100

/** Whether `id` has the form of a client id and is one that exists. */
export function isClientId(id: string, { clientIds }: Conditions): boolean {
  const isWellFormed = CLIENT_ID.test(id) && Buffer.byteLength(id) <= MAX_BYTES
  return isWellFormed && (clientIds === null || clientIds.includes(id))
}
