import { askOwner } from '../../control/control-client.ts'
import { showOnAll } from '../../login-display/login-displays.ts'
import { blocksFor, createTerminalDisplay } from '../../login-display/terminal-display.ts'
import { readSettings, type SettingSources } from '../../settings/read-settings.ts'
import type { Surroundings } from '../../app/runtime.ts'
import { loginAlone } from './login-standalone.ts'
import { loginBeside } from './login-via-agent.ts'

/**
 * Shows QR code, URL and code in this terminal until the device is signed in. Beside a running agent it only shows
 * the agent's own code: the token stays in one pair of hands.
 *
 * @returns 0 signed in, 77 denied
 * @throws AppError `settings/invalid`, `account/*`
 */
export async function login(
  sources: SettingSources,
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const { stateDir } = readSettings(sources, ['stateDir']).settings
  const { clock, stdout, env } = around
  const display = showOnAll([createTerminalDisplay({ terminal: stdout, blocks: blocksFor(env), clock })])
  const running = await askOwner(stateDir, 'status', clock, signal)
  return running === undefined
    ? loginAlone(sources, around, ({ login: shown }) => display.show(shown), signal)
    : loginBeside(stateDir, running, display, around, signal)
}
