import type { ErrorCode } from '../lib/error-codes.ts'
import { exitCodes } from './help.ts'

/** What does not get better by itself. */
const operatorsBusiness: readonly ErrorCode[] = [
  'settings/invalid',
  'state/unwritable',
  'mqtt/refused',
  'net/certificate',
  'player/missing',
  'player/device',
]

/** What a failure found by `check` or `doctor` comes to: 78 for what the operator has to set right, else 69. */
export function exitCodeOfFinding(code: ErrorCode | undefined): number {
  const isOperators = code !== undefined && operatorsBusiness.includes(code)
  return isOperators ? exitCodes.settings[0] : exitCodes.unavailable[0]
}
