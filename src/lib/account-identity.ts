/**
 * Whose account the device is signed in to. Two sign-ins are known to be one account by their user id alone, which
 * needs a scope that not every device asks for; without it each sign-in counts as an account of its own.
 */
export interface AccountIdentity {
  /** Made at the sign-in; stays while its refresh token is renewed. */
  readonly signInId: string
  readonly userId: string | undefined
}

/** Of sign-ins made by versions that gave them no id. */
export const unnamedSignIn = 'unnamed'

export function isSameAccount(one: AccountIdentity, other: AccountIdentity): boolean {
  if (one.userId !== undefined && other.userId !== undefined) return one.userId === other.userId
  return one.signInId === other.signInId
}
