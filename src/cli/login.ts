import type { AccountState } from '../account/account-state.ts'
import { AppError } from '../base/errors.ts'
import { field, object, optional, string } from '../base/decode.ts'
import { createHttp } from '../base/http.ts'
import { createLog, type Log } from '../base/log.ts'
import { runTogether } from '../base/tasks.ts'
import { askOwner } from '../control/control-client.ts'
import { claimFolder } from '../control/owner.ts'
import { accountSettings, buildAccount } from '../daemon/account-parts.ts'
import { readLoginFile } from '../login-display/login-file.ts'
import { showOnAll } from '../login-display/login-displays.ts'
import { blocksFor, createTerminalDisplay } from '../login-display/terminal-display.ts'
import { readSettings, type SettingSources } from '../settings/read-settings.ts'
import { product, version } from '../version.ts'
import { exitCodes } from './help.ts'
import type { Surroundings } from '../surroundings.ts'

/** How often a running agent is asked how its sign-in goes: soon enough for somebody who looks at a terminal. */
const askEveryMs = 1_000

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
  const { clock } = around
  const display = showOnAll([
    createTerminalDisplay({ terminal: around.stdout, blocks: blocksFor(around.env), clock }),
  ])
  const running = await askOwner(stateDir, 'login', clock, signal)
  if (running === undefined) return loginAlone(sources, around, (state) => display.show(state.login), signal)

  for (;;) {
    const answer = await askOwner(stateDir, 'status', clock, signal)
    if (answer === undefined) throw new AppError('net/failed', 'The running agent has ended')
    const shown = readLoginFile(stateDir)
    if (shown !== undefined) display.show(shown)
    const code = outcome(answer['account'], shown?.state === 'awaiting_user', around)
    if (code !== undefined) return code
    await clock.sleep(askEveryMs, signal)
  }
}

/** The exit code once the running agent's sign-in has come to an end. */
function outcome(account: unknown, isWaiting: boolean, around: Surroundings): number | undefined {
  if (isWaiting) return undefined
  const { state, error } = accountOf(account)
  if (state === 'signed_in') {
    around.stdout.write('This device is signed in.\n')
    return exitCodes.ok[0]
  }
  if (error === 'account/denied') {
    around.stderr.write('The sign-in was denied.\n')
    return exitCodes.denied[0]
  }
  if (state === 'needs_configuration')
    throw new AppError('settings/invalid', 'The running agent reports a wrong setting; see status')
  return undefined
}

function accountOf(value: unknown): { state: string; error: string | undefined } {
  const account = object(value, 'account')
  const error = field(account, 'error', optional(object), 'account')
  return {
    state: field(account, 'state', string, 'account'),
    error: error === undefined ? undefined : field(error, 'code', string, 'account.error'),
  }
}

async function loginAlone(
  sources: SettingSources,
  around: Surroundings,
  show: (state: AccountState) => void,
  signal: AbortSignal,
): Promise<number> {
  const { settings, notices } = readSettings(sources, accountSettings)
  const { clock, random } = around
  for (const notice of notices) around.stderr.write(`${notice}\n`)
  const log: Log = createLog({ level: 'warn', write: (line) => around.stderr.write(line), pretty: true })
  const onRequest = (): Promise<never> =>
    Promise.reject(new AppError('command/stopping', 'amazonmusic2mqtt login is signing this device in'))
  const owner = await claimFolder({ folder: settings.stateDir, onRequest, clock, random, log }, signal)
  const http = createHttp(`${product}/${version}`)
  const done = new AbortController()
  let exitCode: number = exitCodes.ok[0]
  let failure: AppError | undefined
  let wasLinked: boolean | undefined
  try {
    const account = buildAccount({
      settings,
      http,
      clock,
      random,
      log,
      onChange(state) {
        show(state)
        if (state.state === 'signed_in' && wasLinked === false) done.abort()
        if (state.state === 'needs_configuration' && state.error !== undefined) {
          failure = new AppError(state.error.code, state.error.message)
          done.abort()
        }
      },
      onEvent(event) {
        if (event.type === 'login_denied') {
          exitCode = exitCodes.denied[0]
          done.abort()
        }
      },
    })
    wasLinked = account.state.linked
    if (wasLinked) {
      around.stdout.write('This device is signed in already. "amazonmusic2mqtt logout" forgets it.\n')
      return exitCode
    }
    await runTogether(AbortSignal.any([signal, done.signal]), [(life) => account.run(life)])
  } finally {
    http.close()
    await owner[Symbol.asyncDispose]()
  }
  if (failure !== undefined) throw failure
  if (done.signal.aborted) {
    around.stdout.write(exitCode === 0 ? 'This device is signed in.\n' : 'The sign-in was denied.\n')
  }
  return exitCode
}
