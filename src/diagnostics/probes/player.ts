import { failure, type Say } from '../finding.ts'
import { withoutSettings } from './settings.ts'

/**
 * Checks whether the player starts.
 *
 * @param start starts the configured player and closes it; undefined when its settings are unusable
 */
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
    // A missing player is only a warning: some devices need no sound of their own.
    say({ mark: words.includes('apt install') ? 'warn' : 'ok', name, words })
  } catch (error) {
    say(failure(name, error))
  }
}
