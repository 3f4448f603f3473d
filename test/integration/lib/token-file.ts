import { field, number, object, string, type Decoder } from '../../../src/lib/decode.ts'
import type { Log } from '../../../src/lib/log.ts'
import { openStoredFile, type StoredFile } from '../../../src/lib/storage/stored-file.ts'

/** A stand-in for what the token store keeps: a number that counts saves, and a text that makes a write take room. */
export interface Tokens {
  readonly n: number
  readonly text: string
}

export const tokens = (n: number): Tokens => ({ n, text: `token ${n} `.repeat(60) })

/** Refuses a value whose parts do not belong together, as a torn write would leave it. */
const decode: Decoder<Tokens> = (value, path) => {
  const source = object(value, path)
  const found = { n: field(source, 'n', number, path), text: field(source, 'text', string, path) }
  if (found.text !== tokens(found.n).text) throw new Error('a mixture')
  return found
}

export function openTokens(folder: string, log: Log): StoredFile<Tokens> {
  return openStoredFile({ folder, name: 'tokens', decode, encode: (value) => ({ ...value }), log })
}
