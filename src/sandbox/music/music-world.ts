import type { Catalog } from '../catalog/catalog.ts'
import type { ContentKeys } from '../media/common-encryption.ts'
import type { SignedAudio } from '../media/signed-audio.ts'
import type { Reports } from '../playback/reports/reports.ts'
import type { Sessions } from '../playback/sessions.ts'
import type { Skips } from '../playback/skips.ts'
import type { Streams } from '../playback/streams.ts'
import type { World } from '../world.ts'
import type { Throttle } from './throttle.ts'

/** The state of the music API, in addition to what it shares with Login with Amazon. */
export interface MusicWorld extends World {
  readonly catalog: Catalog
  readonly signedAudio: SignedAudio
  readonly contentKeys: ContentKeys
  /** Ids of entities that are always protected, whatever the conditions are. */
  readonly protectedIds: Set<string>
  readonly throttle: Throttle
  readonly sessions: Sessions
  readonly streams: Streams
  readonly skips: Skips
  readonly reports: Reports
}
