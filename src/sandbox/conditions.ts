/** A subscription tier as `/v1/me` names it. Only `FREE` is seen on an Amazon page; the others are inferred. */
export type Tier = 'FREE' | 'PRIME' | 'UNLIMITED'

/**
 * How the sandbox behaves where the service has limits, or where the public pages leave the behaviour open.
 * Each can be given at the start and changed while it runs. Times are in seconds.
 */
export interface Conditions {
  /** `interval` of a new code pair (LWA code pair: 30). */
  interval: number
  /** `expires_in` of a new code pair (LWA code pair: 600). */
  expiresIn: number
  /** Life of an access token (LWA access token: 3600). */
  accessTokenLifetime: number
  /**
   * What a refresh does to the refresh token. The pages say a new one is issued, not when the old one dies:
   * it dies `at-once`, or `on-first-use` of the new access token; or the `same` value comes back; or the
   * field is `absent` from the answer and the old one stays good.
   */
  rotation: 'at-once' | 'on-first-use' | 'same' | 'absent'
  /** `error` of a poll after the user denied. No page names it; RFC 8628 says `access_denied`. */
  denialError: string
  /** `error` of a refresh with a token of another client: RFC 6749 and LWA token differ from avs-device-sdk#687. */
  otherClientError: 'invalid_grant' | 'unauthorized_client'
  /** Client ids that exist; null: any of the right form. */
  clientIds: readonly string[] | null
  /** Security Profile IDs that are enabled for music; null: any of the right form. */
  securityProfileIds: readonly string[] | null
  /** Client ids made in the console's Web tab: linking works, every refresh asks for `client_secret`. */
  clientsOfWebType: readonly string[]
  /** Client ids for which code-based linking is not enabled: `unauthorized_client`. */
  clientsNotEnabled: readonly string[]
  /** Scopes the client may ask for; null: all that exist. */
  grantedScopes: readonly string[] | null

  /** Calls a second and application before 429 `THROTTLED`. */
  tps: number
  /** Whether Get Next/Previous Tracks only shows (`peek`: the start report moves the position) or moves (`advance`). */
  nextPolicy: 'peek' | 'advance'
  /** What Get Next/Previous Tracks answers past the end: an empty list, or V2's 404 `NO_MORE_…_ENTITY`. */
  endOfQueue: 'empty' | '404'
  /** `data.entities` (oldest sample) or `data.playback.entities` (oldest table) on Create and Restore. */
  createShape: 'entities' | 'playback'
  /** Whether Restore keeps the session id or deals a new one. */
  restoreId: 'same' | 'new'
  /**
   * What a read (Get Current, Next, Previous, Playback Queue) of a lapsed session returns: 404 until Restore is called, or
   * 206 after the service restored it, as V2 of API playback does.
   */
  lapsedRead: 'not-found' | 'restored'
  /** A session without a call for this long lapses. */
  sessionLifetime: number
  /**
   * What sounds are handed out as: a plain WAV `file`, MPEG-DASH, or MPEG-DASH `protected` by Widevine after a clear lead
   * of 30 s, as all are according to API playback.
   */
  streams: 'file' | 'dash' | 'protected'
  /** Durations in queue entities: the `true` ones, or wrong ones as a faulty service might send. */
  lengths: 'true' | 'zero' | 'negative' | 'missing'
  /** Whether tones swell and fade once a second; without, levels can be measured at any place. */
  swell: boolean
  /** How long a signed audio URL works. */
  audioUrlLifetime: number
  /** Streams an account may have at the same time. */
  maxStreams: number
  /** Skips of the tiers below Unlimited, and after how long they all come back. */
  skipLimit: number
  skipWindow: number
  /** Tracks between two ads on FREE, and between two interludes of a DJ-mode station. */
  adEvery: number
  interludeEvery: number
  /** Whether `/v1/me` returns the tier: one list of its fields has it, the page's sample has not. */
  meTellsTier: boolean
}

export const usualConditions: Conditions = {
  interval: 30,
  expiresIn: 600,
  accessTokenLifetime: 3600,
  rotation: 'at-once',
  denialError: 'access_denied',
  otherClientError: 'invalid_grant',
  clientIds: null,
  securityProfileIds: null,
  clientsOfWebType: [],
  clientsNotEnabled: [],
  grantedScopes: null,
  tps: 200,
  nextPolicy: 'peek',
  endOfQueue: 'empty',
  createShape: 'entities',
  restoreId: 'same',
  lapsedRead: 'not-found',
  sessionLifetime: 6 * 3600,
  streams: 'file',
  lengths: 'true',
  swell: true,
  audioUrlLifetime: 3600,
  maxStreams: 1,
  skipLimit: 6,
  skipWindow: 3600,
  adEvery: 3,
  interludeEvery: 4,
  meTellsTier: true,
}
