import type { Tier } from './conditions.ts'

/** An Amazon customer who can sign in on the sandbox's page. */
export interface Account {
  /** Names the account in the page's form and in the control API. */
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
  /** If false, every music call fails with 403 `AUTH_NO_MUSIC_ACCOUNT_FOUND`. */
  hasMusicAccount: boolean
}

/** Two customers, so that a test can sign in with another account than before. The first is the default. */
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
