import { failure, type Say } from '../finding.ts'
import { withoutSettings } from './settings.ts'

/** @param start starts the player that the settings mean, and ends it; undefined: they cannot be used */
export async function probePlayer(
  start: ((signal: AbortSignal) => Promise<string>) | undefined,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const name = 'player'
  if (start === undefined) {
    say(withoutSettings(name, 'the settings of the player'))
    return
  }
  try {
    const words = await start(signal)
    // Without a sound card of its own a device may still be what somebody wants: no failure.
    say({ mark: words.includes('apt install') ? 'warn' : 'ok', name, words })
  } catch (error) {
    say(failure(name, error))
  }
}
