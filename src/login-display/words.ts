import type { ShownCode } from '../account/account-state.ts'
import type { PageToOpen } from './display.ts'

/**
 * Instructions for a code, line by line. URL and code are included with or without a QR code above; the QR
 * code is mentioned only when there is one.
 *
 * @param validForMs how long the code can still be used
 */
export function signInWords(prompt: ShownCode, validForMs: number, qrShown: boolean): readonly string[] {
  const page = printable(prompt.verificationUri)
  const code = printable(prompt.userCode)
  return [
    'Sign this device in to Amazon Music:',
    qrShown ? "scan the QR code with a phone's camera, or open" : 'open on a phone or computer',
    `    ${page}`,
    'and enter the code',
    `    ${code}`,
    ...(qrShown ? [] : ['or open', `    ${printable(prompt.verificationUriComplete)}`]),
    validity(validForMs),
    ...(prompt.warning === undefined ? [] : [`Warning: ${printable(prompt.warning)}`]),
  ]
}

/**
 * The instructions for a login prompt, which somebody reads some time later: they name the device, and the
 * time when the code expires instead of how long it is valid. Five lines with a QR code, so that 19 rows of
 * code and the text fit a console of 25 rows.
 */
export function promptWords(prompt: ShownCode, device: string, qrShown: boolean): readonly string[] {
  return [
    `Sign ${printable(device)} in to Amazon Music: ${qrShown ? 'scan the QR code, or open' : 'open'}`,
    `    ${printable(prompt.verificationUri)}`,
    'and enter the code',
    `    ${printable(prompt.userCode)}`,
    ...(qrShown ? [] : ['or open', `    ${printable(prompt.verificationUriComplete)}`]),
    `The code is valid until ${timeOfDay(prompt.expiresAtEpochMs)} by the clock of this device.`,
  ]
}

/** Instructions for a page that the user has to open for Amazon Music, line by line. */
export function pageWords(page: PageToOpen, qrShown: boolean): readonly string[] {
  return [
    `Amazon Music says: ${printable(page.reason)}`,
    qrShown ? "To settle it, scan the QR code with a phone's camera, or open" : 'To settle it, open',
    `    ${printable(page.url)}`,
  ]
}

/** Shown when the agent makes no more codes until somebody asks for one. */
export const noCodeWords =
  'No code is shown any more: several went unused, or the sign-in was declined. Ask for a new one: amazonmusic2mqtt login, or the MQTT command login.'

/** How long a code is valid, in whole minutes, rounded down. */
export function validity(validForMs: number): string {
  const minutes = Math.floor(validForMs / 60_000)
  if (validForMs <= 0) return 'The code has run out; a new one follows.'
  if (minutes < 1) return 'The code is valid for less than a minute.'
  return `The code is valid for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`
}

/** In the machine's time zone, with its name: `14:10 GMT+1`. */
function timeOfDay(epochMs: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(epochMs)
}

/** Texts of a service are shown on a terminal: control characters in them could redraw it. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}
