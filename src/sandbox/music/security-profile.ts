import type { Conditions } from '../conditions.ts'

/** The Security Profile ID, which is not a client id: the classic mix-up at set-up. */
const SECURITY_PROFILE_ID = /^amzn1\.application\.[A-Za-z0-9._-]+$/

/** Whether `id` is a Security Profile ID that the music service knows. */
export function isSecurityProfileId(id: string, { securityProfileIds }: Conditions): boolean {
  return securityProfileIds === null ? SECURITY_PROFILE_ID.test(id) : securityProfileIds.includes(id)
}
