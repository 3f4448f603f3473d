import { mayBeUnclaimed } from '../../control/claim-when-writable.ts'
import { askOwner } from '../../control/control-client.ts'
import { readLoginFile } from '../../login-display/login-file.ts'
import { blocksFor, createTerminalDisplay } from '../../login-display/terminal-display.ts'
import { readSettings, type SettingSources } from '../../settings/read-settings.ts'
import { exitCodes } from '../help.ts'
import type { Runtime } from '../../app/runtime.ts'

/**
 * Prints the status of the running agent as JSON, and the code that waits for the user, if any.
 *
 * @returns 0 when an agent runs, else 69
 */
export async function status(
  sources: SettingSources,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<number> {
  const { stateDir } = readSettings(sources, ['stateDir']).settings
  const { stdout, clock } = runtime
  const answer = await askOwner(stateDir, 'status', clock, signal)
  if (answer === undefined) {
    const unclaimed = mayBeUnclaimed(stateDir)
    stdout.write(
      unclaimed === undefined
        ? `No agent runs on ${stateDir}.\n`
        : `No agent answers. ${unclaimed.message}.\n`,
    )
    return exitCodes.unavailable[0]
  }
  stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`)
  const login = readLoginFile(stateDir)
  if (login !== undefined)
    createTerminalDisplay({ terminal: stdout, blocks: blocksFor(runtime.env), clock }).show(login)
  return exitCodes.ok[0]
}
