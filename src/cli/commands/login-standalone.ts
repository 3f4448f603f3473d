import type { Account } from '../../account/account.ts'
import type { AccountState } from '../../account/account-state.ts'
import { AppError } from '../../lib/errors.ts'
import { Condition } from '../../lib/async/condition.ts'
import { createHttp } from '../../lib/http/http.ts'
import { createLog } from '../../lib/log.ts'
import { runTogether } from '../../lib/async/tasks.ts'
import { WallClock } from '../../lib/wall-clock.ts'
import { claimFolder } from '../../control/owner.ts'
import { accountSettings, buildAccount } from '../../app/account-parts.ts'
import { trustedAuthorities } from '../../app/trusted-authorities.ts'
import { readSettings, type SettingSources } from '../../settings/read-settings.ts'
import type { Runtime } from '../../app/runtime.ts'
import { notBeforeEpochMs, product, version } from '../../version.ts'
import { exitCodes } from '../help.ts'
import { LoginPatience, noSignIn, type LoginProgress } from './login-timeout.ts'

/**
 * Signs in when no agent runs. Owns the state folder meanwhile.
 *
 * @returns 0 signed in, 77 denied
 * @throws AppError `settings/invalid`, `state/*`; `account/code-expired`: nobody used the codes; `account/*`,
 * `net/*`: no code, or no verified sign-in, within some minutes
 */
export async function loginStandalone(
  sources: SettingSources,
  runtime: Runtime,
  show: (state: AccountState) => void,
  signal: AbortSignal,
): Promise<number> {
  const { settings, notices } = readSettings(sources, accountSettings)
  const { clock, random } = runtime
  for (const notice of notices) runtime.stderr.write(`${notice}\n`)
  const log = createLog({ level: 'warn', write: (line) => runtime.stderr.write(line), pretty: true })
  const onRequest = (): Promise<never> =>
    Promise.reject(new AppError('command/stopping', 'amazonmusic2mqtt login is signing this device in'))
  const owner = await claimFolder({ folder: settings.stateDir, onRequest, clock, random, log }, signal)
  const built: { account?: Account } = {}
  const onSet = (byMs: number): void => built.account?.clockSet(byMs)
  const wallClock = new WallClock({ clock, notBeforeEpochMs, log, onSet })
  const ca = trustedAuthorities(settings, runtime.env)
  const http = createHttp(`${product}/${version}`, { judge: wallClock, ...(ca === undefined ? {} : { ca }) })
  const done = new AbortController()
  const changed = new Condition()
  let exitCode: number = exitCodes.ok[0]
  let failure: AppError | undefined
  let wasLinked: boolean | undefined
  try {
    const account = buildAccount({
      settings,
      http,
      clock: wallClock.asSeen,
      random,
      log,
      onChange(state) {
        show(state)
        changed.notifyAll()
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
    built.account = account
    wasLinked = account.state.linked
    if (wasLinked) {
      runtime.stdout.write('This device is signed in already. "amazonmusic2mqtt logout" forgets it.\n')
      return exitCode
    }
    const patience = new LoginPatience(clock)
    await runTogether(AbortSignal.any([signal, done.signal]), [
      (life) => account.run(life),
      (life) => wallClock.run(life),
      async (life) => {
        for (;;) {
          const progress = progressOf(account.state)
          const leftMs = patience.leftMs(progress)
          if (leftMs <= 0) {
            failure ??= noSignIn(progress)
            done.abort()
          }
          if (leftMs === Infinity) await changed.wait(life)
          else await changed.waitFor(clock, leftMs, life)
        }
      },
    ])
  } finally {
    http.close()
    await owner[Symbol.asyncDispose]()
  }
  if (failure !== undefined) throw failure
  if (done.signal.aborted) {
    runtime.stdout.write(exitCode === 0 ? 'This device is signed in.\n' : 'The sign-in was denied.\n')
  }
  return exitCode
}

function progressOf({ login, linked, error }: AccountState): LoginProgress {
  return { login: login.state, linked, error }
}
