import { inspect } from 'node:util'

const mask = '[secret]'

/**
 * A value for the wire and the store only: a token, a device code, a password. However it is printed
 * (template, JSON, console, logger), it prints as `[secret]`. Only {@link reveal} opens it, so a search for
 * that name finds every place that does.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. For the wire and the store only. */
  reveal(): string {
    return this.#value
  }

  /** A secret made from this one, such as an `Authorization` header from a token. */
  map(change: (value: string) => string): Secret {
    return new Secret(change(this.#value))
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [inspect.custom](): string {
    return mask
  }
}
