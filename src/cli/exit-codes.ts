import type { ErrorCode } from '../lib/error-codes.ts'
import { exitCodes } from './help.ts'

/** Errors that only the operator can fix. */
const operatorsBusiness: readonly ErrorCode[] = [
  'settings/invalid',
  'state/unwritable',
  'mqtt/refused',
  'net/certificate',
  'player/missing',
  'player/device',
]

/** The exit code for a failure found by `check` or `doctor`: 78 for what the operator must fix, else 69. */
export function exitCodeOfFinding(code: ErrorCode | undefined): number {
  const isOperators = code !== undefined && operatorsBusiness.includes(code)
  return isOperators ? exitCodes.settings[0] : exitCodes.unavailable[0]
}
