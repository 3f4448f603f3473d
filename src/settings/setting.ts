/**
 * Values outside the table that a default or a check depends on. main.ts provides them, and tests can set
 * their own.
 */
export interface Facts {
  /** From the operating system, domain included. */
  readonly hostName: string
  /** Absolute path. */
  readonly homeDir: string
  /** The whole file as UTF-8. Throws what `readFileSync` throws. */
  readonly readFile: (path: string) => string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A parsed value, or the text that completes "A2M_X: …". That text never quotes a secret. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly notices?: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/** Takes the text as found, not empty and without white space around it. Never throws. */
export interface Parser<T> {
  (text: string): Parsed<T>
  /** All possible values, for shell completion. */
  readonly words?: readonly string[]
}

/** One row of the table. */
export interface Setting<T> {
  readonly env: `A2M_${string}`
  /** The agent does not start without it. */
  readonly required: boolean
  /** Never shown, and without a flag: everybody on the machine can read a command line. */
  readonly secret: boolean
  /** Shown in part, an id by its end and a command line by its program: not a secret, but private. */
  readonly shortened: boolean
  readonly parse: Parser<T>
  /** The text used when nothing is set; undefined when the setting may have no value. */
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

/** A setting that must be set. */
export function required<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  doc: string,
  marks: Marks = {},
): Setting<T> {
  return { ...row(env, parse, doc, marks), required: true, fallback: () => undefined, defaultText: '' }
}

/** A setting with a fixed default: `defaultText`, read by the same parser. */
export function preset<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  defaultText: string,
  doc: string,
): Setting<T> {
  return { ...row(env, parse, doc, {}), fallback: () => defaultText, defaultText }
}

/** A setting whose default depends on the machine; `defaultText` describes it. */
export function derived<T>(
  env: `A2M_${string}`,
  parse: Parser<T>,
  fallback: (env: Environment, facts: Facts) => string,
  defaultText: string,
  doc: string,
): Setting<T> {
  return { ...row(env, parse, doc, {}), fallback, defaultText }
}

/** A setting that is undefined when nothing is set. */
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
