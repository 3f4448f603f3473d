import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { LoginDisplay, PageDisplay } from './display.ts'
import { noCodeWords, validity } from './words.ts'

/** Shows sign-in and pages as one log line each. No QR code: a journal would break it into lines. */
export function createLogDisplay(log: Log, clock: Clock): LoginDisplay & PageDisplay {
  return {
    show(login) {
      switch (login.state) {
        case 'awaiting_user':
          log.info(
            `Sign in to Amazon Music: open the URL and enter the code. ${validity(login.expiresAtEpochMs - clock.epochMs())}`,
            {
              url: login.verificationUri,
              user_code: login.userCode,
              url_with_code: login.verificationUriComplete,
              attempt: login.attempt,
            },
          )
          return
        case 'waiting_for_user_action':
          log.warn(noCodeWords)
          return
        case 'idle':
      }
    },
    showPage(page) {
      log.warn('Amazon Music wants the user to open a page', { url: page.url, reason: page.reason })
    },
  }
}
