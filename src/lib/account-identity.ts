/**
 * The account the device is signed in to. Only the user id shows that two sign-ins are of one account, and it
 * needs a scope that not every device asks for. Without it each sign-in counts as an account of its own.
 */
export interface AccountIdentity {
  /** Created at the sign-in. Stays the same when the refresh token is renewed. */
  readonly signInId: string
  readonly userId: string | undefined
}

/** The id of sign-ins made by versions that gave them none. */
export const unnamedSignIn = 'unnamed'

export function isSameAccount(one: AccountIdentity, other: AccountIdentity): boolean {
  if (one.userId !== undefined && other.userId !== undefined) return one.userId === other.userId
  return one.signInId === other.signInId
}
