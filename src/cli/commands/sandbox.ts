import { AppError } from '../../lib/errors.ts'
import { aborted } from '../../lib/async/tasks.ts'
import type { Arguments } from '../arguments.ts'
import { lanAddress } from '../demo/lan-address.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import type { Runtime } from '../../app/runtime.ts'

/** How often `--approve` looks for pending codes. */
const lookEveryMs = 1_000

/**
 * Runs only the sandbox, to test agents and other clients.
 *
 * @returns the exit code
 */
export async function sandbox(
  { lan, port, approve }: Arguments['sandbox'],
  { stdout, clock }: Runtime,
  signal: AbortSignal,
): Promise<number> {
  const publicHost = lan ? lanAddress() : undefined
  if (lan && publicHost === undefined)
    throw new AppError('usage/invalid', '--lan: this machine has no network address')
  const running = await startSandbox({
    port,
    ...(publicHost === undefined ? {} : { host: '0.0.0.0', publicHost }),
    log: (line) => stdout.write(`${line}\n`),
  })
  stdout.write(
    [
      `Stand-in for Login with Amazon and the Amazon Music Web API: ${running.url}`,
      `  A2M_LWA_URL=${running.url}`,
      `  A2M_MUSIC_URL=${running.url}`,
      `What can be set and broken: ${running.url}/control`,
      '',
    ].join('\n'),
  )
  while (approve && !signal.aborted) {
    for (const { userCode, state } of running.control.codes()) {
      if (state === 'pending') running.control.approve(userCode)
    }
    await clock.sleep(lookEveryMs, signal).catch(() => undefined)
  }
  await aborted(signal)
  await running.close()
  return 0
}
