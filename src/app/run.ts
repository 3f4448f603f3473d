import { setMaxListeners } from 'node:events'

import type { AccountState } from '../account/account-state.ts'
import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import { AppError } from '../lib/errors.ts'
import { errorFields, type LogLine } from '../lib/log.ts'
import { aborted, isCancellation, runTogether, type Task } from '../lib/async/tasks.ts'
import { watchTimeZone } from '../lib/time-zone.ts'
import { encodeAccount } from '../bridge/state/account-codec.ts'
import type { Runtime } from './runtime.ts'
import { claimWhenWritable, type FolderClaim } from '../control/claim-when-writable.ts'
import { encodeLogin } from '../login-display/login-json.ts'
import { isJournal, stdoutDescriptor } from '../systemd/journal.ts'
import type { ReadSettings } from '../settings/read-settings.ts'
import type { SettingKey } from '../settings/table.ts'
import { product, version } from '../version.ts'
import { answerDoctor } from './answer-doctor.ts'
import { createDaemonLog } from './daemon-log.ts'
import { buildParts, type Parts } from './parts.ts'
import { recoverDeviceId } from './device/recover-device-id.ts'
import { createRecentProblems } from './recent-problems.ts'
import { connectParts } from './wiring.ts'

/** When the agent stops: total time for the running command and then for the last event reports. */
const graceMs = 2_000

/**
 * Runs the agent's loops concurrently until `signal` aborts or a command asks for a restart. Then stops in
 * order: no new commands, the player and its last reports, the loops, and last the broker, which carries the
 * answers and publishes `offline`.
 *
 * @param onAccount called for each change of the account
 * @throws AppError `settings/invalid`, `state/owned`, `state/unwritable`; all else is retried inside
 */
export async function runDaemon(
  { settings, notices }: ReadSettings<SettingKey>,
  runtime: Runtime,
  signal: AbortSignal,
  onAccount: (state: AccountState) => void = () => undefined,
): Promise<void> {
  const { clock, random } = runtime
  const recentProblems = createRecentProblems()
  const inJournal = isJournal(runtime.env['JOURNAL_STREAM'], stdoutDescriptor)
  const note = (line: LogLine): void => recentProblems.note(line, clock.epochMs())
  const daemonLog = createDaemonLog(runtime.stdout, settings.logLevel, note, inJournal)
  const { log } = daemonLog
  for (const notice of notices) log.warn(notice)
  const { fault } = runtime
  // Log at once: the shutdown that follows may hang.
  const logFault = (): void => log.error('The agent ends because of a fault', errorFields(fault.reason))
  fault.addEventListener('abort', logFault)

  const restart = new AbortController()
  const stopping = AbortSignal.any([signal, restart.signal])
  const life = new AbortController()
  // Every waiting command adds a listener; Node reports more than ten as a leak.
  setMaxListeners(0, life.signal)
  const built: { parts?: Parts } = {}

  const claim = await claimWhenWritable(
    {
      folder: settings.stateDir,
      onRequest: async (name) => {
        const { parts } = await Promise.resolve(built)
        const answer = await answerControl(name, parts)
        if (name !== 'doctor' || parts === undefined) return answer
        return { ...answer, ...(await answerDoctor(parts, recentProblems, clock, life.signal)) }
      },
      clock,
      random,
      log: log.child('control'),
    },
    stopping,
  )
  try {
    await recoverDeviceId(settings, runtime.facts, clock, log, stopping)
    const parts = buildParts(settings, runtime, log, () => restart.abort(), life.signal)
    const { mqttLogLevel } = settings
    connectParts(parts, { daemonLog, mqttLogLevel, onAccount, life: life.signal })
    built.parts = parts
    log.info(`${product} ${version} runs`, { device: settings.deviceName, state: settings.stateDir })
    const { rereadTimeZone } = runtime
    const followZone =
      rereadTimeZone === undefined
        ? undefined
        : (zoneSignal: AbortSignal) =>
            watchTimeZone({ clock, log: log.child('clock'), reread: rereadTimeZone }, zoneSignal)
    await runParts(parts, { claim, followZone }, stopping, life, clock)
  } catch (error) {
    if (stopping.aborted && isCancellation(error)) return
    log.error('The agent ends because a part of it failed', errorFields(error))
    throw error
  } finally {
    life.abort()
    await claim[Symbol.asyncDispose]()
    log.info('Ended')
    fault.removeEventListener('abort', logFault)
  }
}

async function runParts(
  parts: Parts,
  { claim, followZone }: { claim: FolderClaim; followZone: Task | undefined },
  stopping: AbortSignal,
  life: AbortController,
  clock: Clock,
): Promise<void> {
  const {
    http,
    wallClock,
    account,
    engine,
    parallelCommands,
    broker,
    bridge,
    homeAssistant,
    loginFiles,
    hooks,
  } = parts
  const { saveRetry, service } = parts
  const { announcer, sleepTimer } = parallelCommands
  const brokerLife = new AbortController()
  const end = async (signal: AbortSignal): Promise<void> => {
    await aborted(AbortSignal.any([signal, stopping]))
    const grace = new AbortController()
    const graceful = bridge
      .close()
      .then(() => announcer.close())
      .then(() => engine.close(grace.signal))
    await Promise.race([graceful, clock.sleep(graceMs, grace.signal)])
    grace.abort()
    life.abort()
    await graceful.catch(() => undefined)
    brokerLife.abort()
  }
  const loops: readonly Task[] = [
    (signal) => account.run(signal),
    (signal) => wallClock.run(signal),
    (signal) => saveRetry.run(signal),
    (signal) => claim.run(saveRetry, signal),
    ...(followZone === undefined ? [] : [followZone]),
    (signal) => engine.run(signal),
    (signal) => announcer.run(signal),
    (signal) => sleepTimer.run(signal),
    (signal) => bridge.run(signal),
    (signal) => homeAssistant.run(signal),
    ...(hooks === undefined ? [] : [(signal: AbortSignal) => hooks.run(signal)]),
  ]
  try {
    await runTogether(brokerLife.signal, [
      end,
      (signal) => broker.run(signal),
      (signal) => runTogether(AbortSignal.any([signal, life.signal]), loops),
      // Last: the other loops run by then, which is what READY reports. It also reports the start of the
      // stop.
      ...(service === undefined
        ? []
        : [(signal: AbortSignal) => service.run(AbortSignal.any([signal, stopping]))]),
    ])
  } finally {
    for (const file of loginFiles) file.remove()
    http.close()
  }
}

/** Answers requests of the command line (src/control/). */
async function answerControl(name: string, parts: Parts | undefined): Promise<JsonObject> {
  if (parts === undefined) throw new AppError('command/stopping', 'The agent is still starting')
  const { account, engine, broker, bridge, topics } = parts
  const { active, code, message } = bridge.problem
  switch (name) {
    case 'login':
      account.requestLogin()
      break
    case 'logout':
      await account.logout()
      break
    case 'status':
    case 'doctor':
      break
    default:
      throw new AppError('command/unknown', `The running agent does not know ${JSON.stringify(name)}`)
  }
  return {
    account: encodeAccount(account.state),
    login: { ...encodeLogin(account.state.login) },
    broker: broker.connected ? 'connected' : 'not connected',
    playback: engine.state.phase,
    device: topics.device,
    problem: active === true ? { code, message } : null,
  }
}
