import { AppError } from '../lib/errors.ts'
import type { MrnKind } from './routes/routes.ts'

/** One thing to play, by kind and id. */
export interface Identified {
  readonly kind: MrnKind
  readonly id: string
  /** Its context: for a track, the album. */
  readonly container?: { readonly kind: MrnKind; readonly id: string }
}

/** The error for an id that cannot be played, with the reason. */
export function refusal(text: string, why: string): AppError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return new AppError('command/payload', `id "${shown}": ${why}`)
}
