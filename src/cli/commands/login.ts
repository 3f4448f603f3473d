import { mayBeUnclaimed } from '../../control/claim-when-writable.ts'
import { askOwner } from '../../control/control-client.ts'
import { showOnAll } from '../../login-display/display.ts'
import { blocksFor, createTerminalDisplay } from '../../login-display/terminal-display.ts'
import { readSettings, type SettingSources } from '../../settings/read-settings.ts'
import type { Runtime } from '../../app/runtime.ts'
import { loginStandalone } from './login-standalone.ts'
import { loginViaAgent } from './login-via-agent.ts'

/**
 * Shows QR code, URL and user code in this terminal until the device is signed in. If an agent runs, only
 * shows the agent's own code: one process holds the token.
 *
 * @returns 0 signed in, 77 denied
 * @throws AppError `settings/invalid`, `account/*`; `state/unwritable`: also if an agent may run that cannot
 * be seen
 */
export async function login(sources: SettingSources, runtime: Runtime, signal: AbortSignal): Promise<number> {
  const { stateDir } = readSettings(sources, ['stateDir']).settings
  const { clock, stdout, env } = runtime
  const display = showOnAll([createTerminalDisplay({ terminal: stdout, blocks: blocksFor(env), clock })])
  const running = await askOwner(stateDir, 'status', clock, signal)
  const unclaimed = running === undefined ? mayBeUnclaimed(stateDir) : undefined
  if (unclaimed !== undefined) throw unclaimed
  return running === undefined
    ? loginStandalone(sources, runtime, ({ login: shown }) => display.show(shown), signal)
    : loginViaAgent(stateDir, running, display, runtime, signal)
}
