import type { Call } from '../http/call.ts'
import { badRequest } from './music-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** @throws MusicError `BAD_REQUEST` when the body is not a JSON object or not labelled `application/json` */
export function readJson(call: Call): JsonObject {
  if (call.contentType !== 'application/json') throw badRequest('Content-Type must be application/json')
  let body: unknown
  try {
    body = JSON.parse(call.body.toString('utf8'))
  } catch {
    throw badRequest('The body is not JSON')
  }
  return object(body, 'The body')
}

/** @throws MusicError `BAD_REQUEST` that names `what`, like the functions below */
export function object(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest(`${what} must be an object`)
  return value as JsonObject
}

/** Empty when the field is absent or null. */
export function optionalObject(from: JsonObject, name: string): JsonObject {
  const value = from[name]
  return value === undefined || value === null ? {} : object(value, name)
}

export function optionalString(from: JsonObject, name: string): string | null {
  const value = from[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw badRequest(`${name} must be a string`)
  return value
}

export function oneOf<T extends string>(from: JsonObject, name: string, allowed: readonly T[]): T | null {
  const value = optionalString(from, name)
  if (value === null) return null
  const found = allowed.find((one) => one === value)
  if (found === undefined) throw badRequest(`${name} must be one of ${allowed.join(', ')}`)
  return found
}

export function optionalInteger(
  from: JsonObject,
  name: string,
  lowest: number,
  highest: number,
): number | null {
  const value = from[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'number' || !Number.isInteger(value) || value < lowest || value > highest) {
    throw badRequest(`${name} must be an integer between ${lowest} and ${highest}`)
  }
  return value
}

export function strings(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
    throw badRequest(`${what} must be an array of strings`)
  }
  return value
}

/** An integer in the query; `usual` when absent. */
export function queryInteger(
  call: Call,
  name: string,
  lowest: number,
  highest: number,
  usual: number,
): number {
  const text = call.query.get(name)
  if (text === null) return usual
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < lowest || value > highest) {
    throw badRequest(`The query parameter ${name} must be an integer between ${lowest} and ${highest}`)
  }
  return value
}
