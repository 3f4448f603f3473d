import type { LoginState } from '../account/account-state.ts'

/** Something that shows the sign-in to people: a terminal, a log, a file, a topic. */
export interface LoginDisplay {
  /** Replaces what was shown before. Never throws: a display that fails must not stop a sign-in. */
  show(login: LoginState): void
}

/** A display that keeps files, and cannot keep them true when the agent has ended. */
export interface FiledDisplay extends LoginDisplay {
  /** For the end of the agent. Never throws. */
  remove(): void
}

/** A page the service wants the user to see (Amazon Music error field `url`), with what it said about it. */
export interface PageToOpen {
  readonly url: string
  readonly reason: string
}

/** Something that can show a {@link PageToOpen}. */
export interface PageDisplay {
  /** Never throws. */
  showPage(page: PageToOpen): void
}
