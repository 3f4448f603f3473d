import type { LoginState } from '../account/account-state.ts'
import { encodeLogin } from './login-json.ts'

/** Shows the sign-in to people: in a terminal, a log, a file, a topic. */
export interface LoginDisplay {
  /** Replaces the previous state. Never throws: a failing display must not stop a sign-in. */
  show(login: LoginState): void
}

/** A display in files, which must be removed when the agent ends. */
export interface FiledDisplay extends LoginDisplay {
  /** Called when the agent ends. Never throws. */
  remove(): void
}

/** A page that the user has to open for Amazon Music (error field `url`), and the reason. */
export interface PageToOpen {
  readonly url: string
  readonly reason: string
}

/** Shows a {@link PageToOpen}. */
export interface PageDisplay {
  /** Never throws. */
  showPage(page: PageToOpen): void
}

/** Shows each change on every display, and skips a state that is already shown. */
export function showOnAll(displays: readonly LoginDisplay[]): LoginDisplay {
  let shown = ''
  return {
    show(login) {
      const next = JSON.stringify(encodeLogin(login))
      if (next === shown) return
      shown = next
      for (const display of displays) display.show(login)
    },
  }
}
