import type { Environment, Setting } from './setting.ts'

export interface GivenText {
  /** Undefined when not set. An empty variable counts as not set, as in a filled-in .env.example. */
  readonly text: string | undefined
  /** A sentence for the operator. */
  readonly notice?: string
}

/** The text of a setting for its parser: from its flag, which takes precedence, or its variable. */
export function givenText(
  { env: name, secret }: Pick<Setting<unknown>, 'env' | 'secret'>,
  env: Environment,
  flag: string | undefined,
): GivenText {
  const found = flag ?? env[name] ?? ''
  // White space at the ends comes from copying, but in a password it may be intended.
  const text = secret ? found : found.trim()
  if (text === '') return { text: undefined }
  // `docker run --env-file` passes quotes on as part of the value. For a flag the shell has removed them.
  const unquoted = flag === undefined ? withoutQuotes(text) : undefined
  if (unquoted === undefined) return { text }
  if (secret) {
    const notice = `${name}: the quotes around the value are taken for a part of it; if they are not, leave them out.`
    return { text, notice }
  }
  const notice = `${name}: the quotes around the value are ignored; leave them out.`
  return { text: unquoted === '' ? undefined : unquoted, notice }
}

function withoutQuotes(text: string): string | undefined {
  const [, , inside] = /^(["'])((?:(?!\1).)*)\1$/s.exec(text) ?? []
  return inside?.trim()
}
