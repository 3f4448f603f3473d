import type { Arguments } from '../routes/body-template.ts'
import type { PlaybackOptions } from '../api.ts'
import type { Words } from '../routes/routes.ts'

/**
 * The options of Create New Session in the service's words. An unset option is omitted, so the service's
 * default applies.
 *
 * @see docs/sources.md, API playback, Create New Session, playbackOptions
 */
export function encodeOptions(options: PlaybackOptions, words: Words): Arguments {
  return {
    shuffleMode: wordFor(options.shuffle, words.shuffle),
    loopMode: wordFor(options.loop, words.loop),
    startAsStation: options.startAsStation,
    playbackContinuationMode: wordFor(options.autoplay, words.autoplay),
  }
}

/** `takeOverType` is reported to exist, but not where: the routes table places it. */
export function encodeTakeOver(takeOver: boolean | undefined, words: Words): Arguments {
  return takeOver === true ? { takeOverType: words.takeOver.auto } : {}
}

/** The word for this position of a switch; undefined when the switch was not set. */
export function wordFor(
  on: boolean | undefined,
  words: { readonly on: string; readonly off: string },
): string | undefined {
  if (on === undefined) return undefined
  return on ? words.on : words.off
}
