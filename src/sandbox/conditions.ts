/** A subscription tier in `/v1/me`. Amazon's pages show only `FREE`; the others are inferred. */
export type Tier = 'FREE' | 'PRIME' | 'UNLIMITED'

/**
 * Configures the service limits, and the behaviour that the public pages leave open. Each condition can be
 * set at the start and changed at run time. Times are in seconds.
 */
export interface Conditions {
  /** `interval` of a new code pair (LWA code pair: 30). */
  interval: number
  /** `expires_in` of a new code pair (LWA code pair: 600). */
  expiresIn: number
  /** Lifetime of an access token (LWA access token: 3600). */
  accessTokenLifetime: number
  /**
   * What a refresh does to the refresh token. The pages say that a new one is issued, but not when the old
   * one becomes invalid: `at-once`, or `on-first-use` of the new access token. `same` returns the old token;
   * `absent` returns none, and the old one stays valid.
   */
  rotation: 'at-once' | 'on-first-use' | 'same' | 'absent'
  /** `error` of a poll after the user denied. No Amazon page names it; RFC 8628 has `access_denied`. */
  denialError: string
  /**
   * `error` of a refresh with another client's token. RFC 6749 and LWA token disagree with
   * avs-device-sdk#687.
   */
  otherClientError: 'invalid_grant' | 'unauthorized_client'
  /** The client ids that exist; null accepts any well-formed id. */
  clientIds: readonly string[] | null
  /** The Security Profile IDs enabled for music; null accepts any well-formed id. */
  securityProfileIds: readonly string[] | null
  /**
   * Client ids created in the console's Web tab: sign-in works, but every refresh requires `client_secret`.
   */
  clientsOfWebType: readonly string[]
  /** Client ids that are not enabled for code-based linking: `unauthorized_client`. */
  clientsNotEnabled: readonly string[]
  /** The scopes a client may request; null accepts all known scopes. */
  grantedScopes: readonly string[] | null

  /** Calls per second and application before 429 `THROTTLED`. */
  tps: number
  /**
   * `peek`: Get Next/Previous Tracks only reads, and the start report moves the position. `advance`: it moves
   * the position.
   */
  nextPolicy: 'peek' | 'advance'
  /** The response of Get Next/Previous Tracks past the end: an empty list, or V2's 404 `NO_MORE_…_ENTITY`. */
  endOfQueue: 'empty' | '404'
  /**
   * The shape of Create and Restore: `data.entities` (oldest sample) or `data.playback.entities` (oldest
   * table).
   */
  createShape: 'entities' | 'playback'
  /** Whether Restore keeps the session id or assigns a new one. */
  restoreId: 'same' | 'new'
  /**
   * The response when a lapsed session is read (Get Current, Next, Previous, Playback Queue): 404 until
   * Restore is called, or 206 after the service has restored it, as in V2 of API playback.
   */
  lapsedRead: 'not-found' | 'restored'
  /** A session lapses after this time without a call. */
  sessionLifetime: number
  /**
   * The stream format: a plain WAV `file`, MPEG-DASH, or MPEG-DASH `protected` by Widevine after a clear lead
   * of 30 s. According to API playback all real streams are protected.
   */
  streams: 'file' | 'dash' | 'protected'
  /** Durations in queue entities: the `true` ones, or wrong ones as from a faulty service. */
  lengths: 'true' | 'zero' | 'negative' | 'missing'
  /**
   * Whether tones swell and fade once per second. Without, the level is the same everywhere and can be
   * measured.
   */
  swell: boolean
  /** How long a signed audio URL is valid. */
  audioUrlLifetime: number
  /** The number of simultaneous streams per account. */
  maxStreams: number
  /** Skips of the tiers below Unlimited, and the time after which all of them are available again. */
  skipLimit: number
  skipWindow: number
  /** Tracks between two ads on FREE, and between two interludes of a DJ-mode station. */
  adEvery: number
  interludeEvery: number
  /** Whether `/v1/me` returns the tier: a list of its fields has it, the sample of the page has not. */
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
