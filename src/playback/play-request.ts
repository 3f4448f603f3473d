import type { PlaybackOptions, PlayParams } from '../amazon-music/api.ts'

/** What somebody asked to hear: enough to ask for it again when the service has lost the session. */
export interface PlayRequest {
  readonly play: PlayParams
  readonly options: PlaybackOptions
  /** In the asker's words. */
  readonly context: string
  readonly preset?: string
}
