import type { Clock } from '../lib/clock.ts'
import type { LoginDisplay, PageDisplay } from './display.ts'
import { terminalQr, type Blocks } from './terminal-qr.ts'
import { pageWords, signInWords, noCodeWords } from './words.ts'

/** The part of a tty.WriteStream that is needed; a pipe or a file fits too and has no `isTTY`. */
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

/** Shows sign-in and pages in a terminal: QR code (only where it fits) and words; words only in a pipe or a file. */
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
 * Which blocks a terminal can draw, by the variables that describe it: Linux's own console and terminals that are not
 * set to UTF-8 get spaces.
 */
export function blocksFor(env: Readonly<Record<string, string | undefined>>): Blocks {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return env['TERM'] !== 'linux' && /utf-?8/i.test(locale) ? 'half' : 'full'
}

function fitting(terminal: Terminal, link: string, blocks: Blocks): string | undefined {
  if (terminal.isTTY !== true) return undefined
  const qr = terminalQr(link, blocks)
  // A line that wraps is worse than none. Too few rows are not: one can scroll back.
  return qr === undefined || qr.columns > (terminal.columns ?? 0) ? undefined : qr.text
}
