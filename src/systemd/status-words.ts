import type { AccountState } from '../account/account-state.ts'
import { errorCodes, type ErrorCode } from '../lib/error-codes.ts'
import type { PlaybackState } from '../playback/playback-state.ts'

interface Problem {
  readonly code: ErrorCode
  readonly message: string
}

/** The facts that the status line shows. */
export interface StatusFacts {
  readonly account: Pick<AccountState, 'state' | 'login' | 'error'>
  readonly broker: {
    readonly connected: boolean
    /** Name and port. */
    readonly host: string
    /** Why there is no connection. */
    readonly problem: Problem | undefined
  }
  readonly playback: Pick<PlaybackState, 'phase' | 'isHeld' | 'entity'>
  /** A page the music service wants the user to see. */
  readonly page: { readonly url: string; readonly reason: string } | undefined
  /** The player cannot be used. */
  readonly playerProblem: Problem | undefined
}

/**
 * `systemctl status` shows the status in one line: limits the sentence on what happened and the one on what
 * to do.
 */
const longestSentence = 120
const longestName = 80

/** The status line for people: what they have to do comes first, what plays last. At most 400 characters. */
export function statusWords({ account, broker, playback, page, playerProblem }: StatusFacts): string {
  const { login, error } = account
  const waitsForBroker = `waiting for the broker at ${printable(broker.host, longestName)}`
  if (login.state === 'awaiting_user') {
    const where = `${short(login.verificationUri)} ${printable(login.userCode, longestName)}`
    return `Waiting for sign-in: ${where}${broker.connected ? '' : ` (and ${waitsForBroker})`}`
  }
  if (login.state === 'waiting_for_user_action') {
    return 'Waiting for you: no code is shown any more; ask for one with amazonmusic2mqtt login'
  }
  switch (account.state) {
    case 'signed_out':
    case 'awaiting_user':
      return error === undefined
        ? 'Not signed in; amazonmusic2mqtt login asks for a code'
        : `No code yet: ${inWords(error)}`
    case 'needs_configuration':
      return `Waiting for you: ${error === undefined ? 'a setting is wrong' : inWords(error)}`
    case 'refresh_failing':
      return `Signed in, but not renewed: ${error === undefined ? 'trying again' : inWords(error)}`
    case 'verifying':
    case 'signed_in':
  }
  if (!broker.connected) {
    return `Signed in, ${waitsForBroker}${broker.problem === undefined ? '' : `: ${inWords(broker.problem)}`}`
  }
  if (page !== undefined) {
    return `Waiting for you: ${printable(page.reason, longestSentence)}; open ${short(page.url)}`
  }
  if (playerProblem !== undefined) return `No player: ${inWords(playerProblem)}`
  // A sign-in that cannot be saved still works.
  if (error !== undefined) return `Signed in, but: ${inWords(error)}`
  return playing(playback)
}

function playing({ phase, isHeld, entity }: StatusFacts['playback']): string {
  if (phase === 'idle' || entity === undefined) return 'Ready'
  const title = printable(entity.title ?? 'something', longestName)
  const what = entity.artist === undefined ? title : `${title} by ${printable(entity.artist, longestName)}`
  // Music held for an announcement resumes by itself.
  return phase === 'paused' && !isHeld ? `Paused: ${what}` : `Playing ${what}`
}

/** What happened and what to do. A message of kind `config` contains the remedy already (account-state.ts). */
function inWords({ code, message }: Problem): string {
  const { kind, remedy } = errorCodes[code]
  const what = printable(message, longestSentence)
  return kind === 'config' && message.includes(remedy)
    ? printable(message, 2 * longestSentence)
    : `${what}. ${printable(remedy, longestSentence)}`
}

/** An address without scheme, `www.` and trailing slash. */
function short(url: string): string {
  return printable(url.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, ''), longestSentence)
}

/** One line: a line feed in foreign text would begin another assignment to systemd. */
function printable(text: string, longest: number): string {
  const letters = Array.from(text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim())
  return letters.length <= longest ? letters.join('') : `${letters.slice(0, longest - 1).join('')}…`
}
