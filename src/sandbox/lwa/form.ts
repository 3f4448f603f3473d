import type { Call } from '../http/call.ts'
import { LwaError, missingParameter } from './lwa-error.ts'

/** The fields of a form-encoded POST. */
export type Form = ReadonlyMap<string, string>

/**
 * Reads the body of a request to Login with Amazon.
 *
 * @throws LwaError `invalid_request` when it is not form-encoded or repeats a parameter (RFC 6749 3.1)
 */
export function readForm(call: Call): Form {
  if (call.contentType !== 'application/x-www-form-urlencoded') {
    throw new LwaError('invalid_request', 'Malformed request')
  }
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(call.body.toString('utf8'))) {
    if (form.has(name)) throw new LwaError('invalid_request', `The request repeats the parameter : ${name}`)
    form.set(name, value)
  }
  return form
}

/** @throws LwaError `invalid_request` when `name` is absent or empty */
export function required(form: Form, name: string): string {
  const value = form.get(name)
  if (value === undefined || value === '') throw missingParameter(name)
  return value
}
