import { boolean, field, object, optional, string, type JsonObject } from '../../lib/decode.ts'
import { isErrorCode, type ErrorCode } from '../../lib/error-codes.ts'
import { AppError } from '../../lib/errors.ts'
import { askOwner } from '../../control/control-client.ts'
import { volatileProblem } from '../../lib/storage/mount.ts'
import type { LoginDisplay } from '../../login-display/display.ts'
import { readLoginFile } from '../../login-display/login-file.ts'
import type { Runtime } from '../../app/runtime.ts'
import { exitCodes } from '../help.ts'
import { LoginPatience, noSignIn } from './login-timeout.ts'

/** How often the running agent is polled for its sign-in state: often enough for a person at a terminal. */
const askEveryMs = 1_000

/**
 * Shows the sign-in of the running agent until it is over. Changes nothing if the device is signed in
 * already.
 *
 * @param running the agent's present status
 * @returns 0 signed in, 77 denied
 * @throws AppError `net/failed`: the agent ended; `settings/invalid`: the agent has a wrong setting;
 * `account/code-expired`: nobody used the codes; `account/*`, `net/*`: no code, or no verified sign-in,
 * within some minutes
 */
export async function loginViaAgent(
  stateDir: string,
  running: JsonObject,
  display: LoginDisplay,
  { clock, stdout, stderr }: Runtime,
  signal: AbortSignal,
): Promise<number> {
  if (accountOf(running).state === 'signed_in') {
    stdout.write('This device is signed in already. "amazonmusic2mqtt logout" forgets it.\n')
    return exitCodes.ok[0]
  }
  await askOwner(stateDir, 'login', clock, signal)
  // Until a code has been shown, an error of the agent may belong to an earlier sign-in.
  let wasShown = false
  const patience = new LoginPatience(clock)
  for (;;) {
    const answer = await askOwner(stateDir, 'status', clock, signal)
    if (answer === undefined) throw new AppError('net/failed', 'The running agent has ended')
    const account = accountOf(answer)
    const shown = readLoginFile(stateDir)
    if (shown?.state === 'awaiting_user') {
      const volatile = wasShown ? undefined : volatileProblem(stateDir)
      if (volatile !== undefined) stderr.write(`Warning: ${volatile.message}. ${volatile.remedy}\n`)
      wasShown = true
      display.show(shown)
    } else if (account.state === 'signed_in') {
      stdout.write('This device is signed in.\n')
      return exitCodes.ok[0]
    } else if (account.state === 'needs_configuration') {
      throw new AppError('settings/invalid', account.message ?? 'The running agent has a wrong setting')
    } else if (wasShown && account.code === 'account/denied') {
      stderr.write('The sign-in was denied.\n')
      return exitCodes.denied[0]
    }
    const { code, message } = account
    const progress = {
      login: wasShown || shown?.state === 'awaiting_user' ? (shown?.state ?? 'idle') : 'idle',
      linked: account.linked,
      error: code === undefined || message === undefined ? undefined : { code, message },
    } as const
    if (patience.leftMs(progress) <= 0) throw noSignIn(progress)
    await clock.sleep(askEveryMs, signal)
  }
}

interface AccountInWords {
  readonly state: string
  readonly linked: boolean
  readonly code: ErrorCode | undefined
  readonly message: string | undefined
}

function accountOf(answer: JsonObject): AccountInWords {
  const account = field(answer, 'account', object, '')
  const error = field(account, 'error', optional(object), 'account')
  const inError = (name: string): string | undefined =>
    error === undefined ? undefined : field(error, name, string, 'account.error')
  const code = inError('code')
  return {
    state: field(account, 'state', string, 'account'),
    linked: field(account, 'linked', boolean, 'account'),
    // An agent of another version may send a code that is unknown here.
    code: code === undefined || isErrorCode(code) ? code : 'account/unavailable',
    message: inError('message'),
  }
}
