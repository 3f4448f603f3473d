import { type Conditions, type Tier, usualConditions } from '../conditions.ts'
import type { Fault } from '../http/faults.ts'

/** The error of a control request that cannot be served. */
export class ControlError extends Error {
  readonly status: 400 | 404 | 409

  constructor(status: 400 | 404 | 409, message: string) {
    super(message)
    this.status = status
  }
}

export type Input = Readonly<Record<string, unknown>>

const TIERS: readonly Tier[] = ['FREE', 'PRIME', 'UNLIMITED']

/** Allowed values of conditions. Conditions not listed accept any value of their default's type. */
const WORDS: Partial<Record<keyof Conditions, readonly string[]>> = {
  rotation: ['at-once', 'on-first-use', 'same', 'absent'],
  otherClientError: ['invalid_grant', 'unauthorized_client'],
  nextPolicy: ['peek', 'advance'],
  endOfQueue: ['empty', '404'],
  createShape: ['entities', 'playback'],
  restoreId: ['same', 'new'],
  lapsedRead: ['not-found', 'restored'],
  streams: ['file', 'dash', 'protected'],
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && value >= 0

/** @throws ControlError 400, like all functions below. */
export function textInput(input: Input, name: string): string | null {
  const value = input[name] ?? null
  if (value !== null && !isText(value)) throw new ControlError(400, `${name} must be a string`)
  return value
}

export function numberInput(input: Input, name: string): number | null {
  const value = input[name] ?? null
  if (value !== null && !isNumber(value)) throw new ControlError(400, `${name} must be a number, 0 or more`)
  return value
}

export function tierInput(input: Input): Tier | null {
  const given = textInput(input, 'tier')
  const tier = TIERS.find((one) => one === given) ?? null
  if (given !== null && tier === null) throw new ControlError(400, `tier must be one of ${TIERS.join(', ')}`)
  return tier
}

export function flagInput(input: Input, name: string): boolean | null {
  const value = input[name] ?? null
  if (value !== null && typeof value !== 'boolean')
    throw new ControlError(400, `${name} must be true or false`)
  return value
}

export function conditionsInput(input: Input): Partial<Conditions> {
  for (const [name, value] of Object.entries(input)) {
    if (!(name in usualConditions)) throw new ControlError(400, `no such condition: ${name}`)
    const key = name as keyof Conditions
    if (!fitsCondition(value, key)) throw new ControlError(400, `${name} cannot be ${JSON.stringify(value)}`)
  }
  return input
}

function fitsCondition(value: unknown, key: keyof Conditions): boolean {
  const usual = usualConditions[key]
  const words = WORDS[key]
  if (words) return isText(value) && words.includes(value)
  if (usual === null || Array.isArray(usual)) {
    return (value === null && usual === null) || (Array.isArray(value) && value.every(isText))
  }
  return typeof usual === 'number' ? isNumber(value) : typeof value === typeof usual
}

export function faultInput(input: Input): Fault {
  const drop = textInput(input, 'drop')
  if (drop !== null && drop !== 'before' && drop !== 'after')
    throw new ControlError(400, 'drop must be before or after')
  const headers = input['headers'] ?? {}
  if (typeof headers !== 'object' || !Object.values(headers).every(isText)) {
    throw new ControlError(400, 'headers must be an object of strings')
  }
  const given = {
    method: textInput(input, 'method'),
    path: textInput(input, 'path'),
    times: numberInput(input, 'times'),
    delayMs: numberInput(input, 'delayMs'),
    status: numberInput(input, 'status'),
    headers,
    body: input['body'] ?? null,
    garbage: flagInput(input, 'garbage'),
    drop,
    noise: flagInput(input, 'noise'),
    endless: flagInput(input, 'endless'),
    cutAfterBytes: numberInput(input, 'cutAfterBytes'),
    stallAfterBytes: numberInput(input, 'stallAfterBytes'),
    bytesPerSecond: numberInput(input, 'bytesPerSecond'),
  }
  if (given.bytesPerSecond === 0) throw new ControlError(400, 'bytesPerSecond must be more than 0')
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
}
