/** What is outside the table and still decides a default or a check. Given by main, so that tests can make it up. */
export interface Facts {
  /** As the operating system gives it, domain included. */
  readonly hostName: string
  /** Absolute path. */
  readonly homeDir: string
  /** Whole file as UTF-8. Throws as `readFileSync` does. */
  readonly readFile: (path: string) => string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A text made into a value, or the words that complete "A2M_X: …". Those words never quote a secret. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly notices?: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/** Takes the text as found, not empty and without white space around it. Never throws. */
export interface Parser<T> {
  (text: string): Parsed<T>
  /** All there is to choose from, for a shell that completes what is typed. */
  readonly words?: readonly string[]
}

/** One row of the table. */
export interface Setting<T> {
  readonly env: `A2M_${string}`
  /** Without it there is no agent. */
  readonly required: boolean
  /** Never shown, and without a flag: everybody on the machine can read a command line. */
  readonly secret: boolean
  /** Shown in part, an id by its end and a command line by its program: not a secret, but nobody else's business. */
  readonly shortened: boolean
  readonly parse: Parser<T>
  /** The text that stands in when nothing is set; undefined when the setting may stay without a value. */
  readonly fallback: (env: Environment, facts: Facts) => string | undefined
  /** The default in words, for help and docs; empty when there is none. */
  readonly defaultText: string
  /** One line. */
  readonly doc: string
}

interface Marks {
  readonly secret?: boolean
  readonly shortened?: boolean
}

/** Must be set. */
export function required<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  doc: string,
  marks: Marks = {},
): Setting<T> {
  return { ...row(env, parse, doc, marks), required: true, fallback: () => undefined, defaultText: '' }
}

/** `defaultText`, read by the same parser, stands in when nothing is set. */
export function preset<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  defaultText: string,
  doc: string,
): Setting<T> {
  return { ...row(env, parse, doc, {}), fallback: () => defaultText, defaultText }
}

/** The default depends on the machine; `defaultText` says how. */
export function derived<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  fallback: (env: Environment, facts: Facts) => string,
  defaultText: string,
  doc: string,
): Setting<T> {
  return { ...row(env, parse, doc, {}), fallback, defaultText }
}

/** Undefined when nothing is set. */
export function optional<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  doc: string,
  marks: Marks = {},
): Setting<T | undefined> {
  return { ...row(env, parse, doc, marks), fallback: () => undefined, defaultText: '' }
}

function row<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  doc: string,
  { secret = false, shortened = false }: Marks,
): Omit<Setting<T>, 'fallback' | 'defaultText'> {
  return { env, parse, doc, required: false, secret, shortened }
}
