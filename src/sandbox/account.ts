import type { Tier } from './conditions.ts'

/** An Amazon customer who can sign in at the page. */
export interface Account {
  /** How the page's form and the control API call it. */
  readonly key: string
  /** `user_id` of Login with Amazon: `amzn1.account.…`. */
  readonly userId: string
  /** `id` of `/v1/me`. */
  readonly musicUserId: string
  readonly name: string
  readonly email: string
  readonly postalCode: string
  readonly countryCode: string
  tier: Tier
  /** Without one, every music call is 403 `AUTH_NO_MUSIC_ACCOUNT_FOUND`. */
  hasMusicAccount: boolean
}

/** Two customers, so that a test can link a different one than before. The first is the one who signs in by default. */
export function twoAccounts(tier: Tier): readonly [Account, Account] {
  return [
    {
      key: 'ada',
      userId: 'amzn1.account.AESANDBOXADA2JX4QF6S3ZD5UKQ7',
      musicUserId: 'A1SANDBOXADA01',
      name: 'Ada Sandbox',
      email: 'ada@sandbox.test',
      postalCode: '98109',
      countryCode: 'US',
      tier,
      hasMusicAccount: true,
    },
    {
      key: 'ben',
      userId: 'amzn1.account.AESANDBOXBEN7RT2WM4V5XH3YLD8',
      musicUserId: 'A1SANDBOXBEN02',
      name: 'Ben Sandbox',
      email: 'ben@sandbox.test',
      postalCode: '80331',
      countryCode: 'DE',
      tier,
      hasMusicAccount: true,
    },
  ]
}
