import { Secret } from '../../lib/secret.ts'
import type { Arguments } from './arguments.ts'
import type { ParallelCommand } from './parallel-commands.ts'

const longestUrl = 2_000
/** The maximum of A2M_ANNOUNCE_SECONDS. */
const longestAnnouncementSeconds = 600
const longestSleepMinutes = 1_440
const longestFadeSeconds = 600
const usualFadeSeconds = 20

export const announceTakes = ['url', 'volume', 'mode', 'max_seconds']
export const sleepTakes = ['minutes', 'fade_seconds']

/** Arguments of `request/announce`. @throws AppError `command/payload` */
export function readAnnounce(args: Arguments): ParallelCommand {
  const url = readUrl(args)
  return {
    type: 'announce',
    announcement: {
      url: new Secret(url.href),
      host: url.host,
      volume: args.integer('volume', 1, 100),
      mode: args.word('mode', ['duck', 'pause']),
      maxSeconds: args.integer('max_seconds', 1, longestAnnouncementSeconds),
      transaction: args.transaction,
    },
  }
}

/** Arguments of `request/sleep`. @throws AppError `command/payload` */
export function readSleep(args: Arguments): ParallelCommand {
  const minutes = args.required(args.integer('minutes', 0, longestSleepMinutes), 'minutes')
  const fadeSeconds = args.integer('fade_seconds', 0, longestFadeSeconds) ?? usualFadeSeconds
  return { type: 'sleep', afterMs: minutes * 60_000, fadeMs: fadeSeconds * 1000 }
}

/** No error message repeats the URL: it may hold a token. */
function readUrl(args: Arguments): URL {
  const text = args.required(args.text('url', longestUrl), 'url')
  if (!URL.canParse(text)) return args.refuse('url must be a whole address, such as http://host/door.mp3')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return args.refuse('url must be http or https')
  if (url.username !== '' || url.password !== '') return args.refuse('url must not hold a user or password')
  return url
}
