import type { Conditions } from '../conditions.ts'
import { invalidParameter } from './lwa-error.ts'

/** A client id: this prefix, no braces, quotes or spaces, at most 100 bytes (LWA security-profile page). */
const CLIENT_ID = /^amzn1\.application-oa2-client\.[A-Za-z0-9._-]+$/
const MAX_BYTES = 100

/** @throws LwaError `InvalidValue` when the id has the wrong form or does not exist. */
export function checkClientId(clientId: string, { clientIds }: Conditions): void {
  const wellFormed = CLIENT_ID.test(clientId) && Buffer.byteLength(clientId) <= MAX_BYTES
  if (!wellFormed || (clientIds !== null && !clientIds.includes(clientId)))
    throw invalidParameter('client_id')
}
