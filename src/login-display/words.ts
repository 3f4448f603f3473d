import type { ShownCode } from '../account/account-state.ts'
import type { PageToOpen } from './display.ts'

/**
 * What to do with a code, line by line. URL and code are included whether or not a QR code is shown above; the QR code is
 * mentioned only where it is.
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
 * The same for a login prompt, which is read some time after it was written: it names the device, and the end of
 * validity instead of its length. Five lines with a QR code, so that 19 rows of code and the words fit a console of 25.
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

/** What to do with a page that Amazon Music wants the user to open, line by line. */
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

/** In the zone of the machine, which is named: `14:10 GMT+1`. */
function timeOfDay(epochMs: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(epochMs)
}

/** Texts of a service go to a terminal: control characters in them could redraw it. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}
