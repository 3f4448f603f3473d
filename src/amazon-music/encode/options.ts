import type { Arguments } from '../routes/body-template.ts'
import type { PlaybackOptions } from '../api.ts'
import type { Words } from '../routes/routes.ts'

/**
 * The options of Create New Session in the service's words. One left out stays out: the service has its own default.
 *
 * @see API_playback_sessions, Create New Session, playbackOptions
 */
export function encodeOptions(options: PlaybackOptions, words: Words): Arguments {
  return {
    shuffleMode: wordFor(options.shuffle, words.shuffle),
    loopMode: wordFor(options.loop, words.loop),
    startAsStation: options.startAsStation,
    playbackContinuationMode: wordFor(options.autoplay, words.autoplay),
  }
}

/** Where `takeOverType` goes is not known, only that it is there (reported): the routes say. */
export function encodeTakeOver(takeOver: boolean | undefined, words: Words): Arguments {
  return takeOver === true ? { takeOverType: words.takeOver.auto } : {}
}

/** The word for a switch that stands this way; undefined for one nobody touched. */
export function wordFor(
  on: boolean | undefined,
  words: { readonly on: string; readonly off: string },
): string | undefined {
  if (on === undefined) return undefined
  return on ? words.on : words.off
}
