import type { Clock } from '../lib/clock.ts'
import type { LoginDisplay, PageDisplay } from './display.ts'
import { terminalQr, type Blocks } from './terminal-qr.ts'
import { pageWords, signInWords, noCodeWords } from './words.ts'

/** The needed part of a tty.WriteStream. A pipe or a file, which has no `isTTY`, fits too. */
export interface Terminal {
  readonly isTTY?: boolean
  /** Width in characters; may change while the program runs. */
  readonly columns?: number
  write(text: string): unknown
}

export interface TerminalDisplayOptions {
  readonly terminal: Terminal
  readonly blocks: Blocks
  readonly clock: Clock
}

/**
 * Shows sign-in and pages in a terminal as text, with a QR code where it fits. In a pipe or a file: text
 * only.
 */
export function createTerminalDisplay(options: TerminalDisplayOptions): LoginDisplay & PageDisplay {
  const { terminal, blocks, clock } = options

  const print = (link: string, words: (qrShown: boolean) => readonly string[]): void => {
    const qr = fitting(terminal, link, blocks)
    terminal.write(`\n${qr ?? ''}${qr === undefined ? '' : '\n'}${words(qr !== undefined).join('\n')}\n\n`)
  }

  return {
    show(login) {
      switch (login.state) {
        case 'awaiting_user': {
          const validForMs = login.expiresAtEpochMs - clock.epochMs()
          print(login.verificationUriComplete, (qrShown) => signInWords(login, validForMs, qrShown))
          return
        }
        case 'waiting_for_user_action':
          terminal.write(`\n${noCodeWords}\n\n`)
          return
        case 'idle':
      }
    },
    showPage(page) {
      print(page.url, (qrShown) => pageWords(page, qrShown))
    },
  }
}

/**
 * The blocks that a terminal can draw, judged by its environment variables: the Linux console and terminals
 * that are not set to UTF-8 get spaces.
 */
export function blocksFor(env: Readonly<Record<string, string | undefined>>): Blocks {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return env['TERM'] !== 'linux' && /utf-?8/i.test(locale) ? 'half' : 'full'
}

function fitting(terminal: Terminal, link: string, blocks: Blocks): string | undefined {
  if (terminal.isTTY !== true) return undefined
  const qr = terminalQr(link, blocks)
  // A QR code whose lines wrap is useless. One with too many rows is fine: the user can scroll back.
  return qr === undefined || qr.columns > (terminal.columns ?? 0) ? undefined : qr.text
}
