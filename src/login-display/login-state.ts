/** A code that waits for the user, as Login with Amazon handed it out. The device code is no part of it. */
export interface LoginPrompt {
  readonly userCode: string
  /** The page where the user enters the code. */
  readonly verificationUri: string
  /** The same page with the code in its query: what the QR code carries. */
  readonly verificationUriComplete: string
  /** Wall clock, milliseconds since 1970. */
  readonly expiresAtEpochMs: number
  /** 1 for the first code of a sign-in, 2 for the one after it went unused, and so on. */
  readonly attempt: number
}

/**
 * What a user who wants to sign in should see. `waiting_for_user_action`: several codes in a row went unused, or the
 * user said no; the next code is only made when somebody asks for it.
 */
export type LoginState =
  | ({ readonly state: 'awaiting_user' } & LoginPrompt)
  | { readonly state: 'idle' }
  | { readonly state: 'waiting_for_user_action' }

/** Something that shows the sign-in to people: a terminal, a log, a file, a topic. */
export interface LoginDisplay {
  /** Replaces what was shown before. Never throws: a display that fails must not stop a sign-in. */
  show(login: LoginState): void
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
