import { AppError, toAppError } from '../../lib/errors.ts'
import { createHttp, type Http, type HttpResponse } from '../../lib/http/http.ts'
import { checkWritable } from '../../lib/storage/stored-file.ts'
import { trustedAuthorities } from '../../app/trusted-authorities.ts'
import { judgeClock } from '../../diagnostics/probes/clock.ts'
import { clockErrorMs } from '../../diagnostics/service-answer.ts'
import { readSettings, type SettingSources } from '../../settings/read-settings.ts'
import type { Facts } from '../../settings/setting.ts'
import { readSettingsFile } from '../../settings/settings-file.ts'
import type { Settings } from '../../settings/table.ts'
import type { Runtime } from '../../app/runtime.ts'
import { product, version } from '../../version.ts'
import { askBroker } from '../ask-broker.ts'
import { createClockJudge } from '../clock-judge.ts'
import { exitCodes } from '../help.ts'
import { exitCodeOfFinding } from '../exit-codes.ts'
import { packagedSettings } from '../settings-facts.ts'
import { startPlayerOnce } from '../start-player-once.ts'

interface CheckOptions {
  readonly sources: SettingSources
  /** Check only the settings. */
  readonly settingsOnly: boolean
  /** Check only the syntax of this file. */
  readonly settingsFile: string | undefined
}

interface Finding {
  readonly words: string
  readonly exitCode: number
}

/**
 * Checks everything the agent needs and prints one line for each check, even after one fails: for scripts,
 * and before the first start. For troubleshooting there is `doctor`.
 *
 * @returns 0 when all is well, 78 for what the operator must fix, 69 for a service that cannot be reached
 */
export async function check(
  { sources, settingsOnly, settingsFile }: CheckOptions,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<number> {
  let worst: number = exitCodes.ok[0]
  const line = ({ words, exitCode }: Finding, name: string): void => {
    runtime.stdout.write(`${exitCode === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)}  ${words}\n`)
    worst = Math.max(worst, exitCode)
  }
  const tried = async (name: string, attempt: () => Promise<string> | string): Promise<void> => {
    try {
      line({ words: await attempt(), exitCode: 0 }, name)
    } catch (error) {
      signal.throwIfAborted()
      line(failed(toAppError(error)), name)
    }
  }

  if (settingsFile !== undefined) {
    await tried('settings file', () => judgeSettingsFile(sources.facts.readFile(settingsFile), settingsFile))
    return worst
  }
  const packaged = settingsOnly ? undefined : readIfPossible(sources.facts.readFile, packagedSettings)
  if (packaged !== undefined) {
    await tried('settings file', () => judgeSettingsFile(packaged, packagedSettings))
  }

  let settings: Settings | undefined
  await tried('settings', () => {
    const read = readSettings(sources)
    settings = read.settings
    return ['all usable', ...read.notices].join('; ')
  })
  if (settings === undefined || settingsOnly) return worst

  const all = settings
  const { stateDir, lwaUrl, musicUrl } = all
  const judge = createClockJudge(runtime)
  const ca = trustedAuthorities(all, runtime.env)
  const http = createHttp(`${product}/${version}`, { judge, ...(ca === undefined ? {} : { ca }) })
  const answers: Answers = { http, runtime, signal }
  await tried('state folder', () => {
    checkWritable(stateDir)
    return stateDir
  })
  await tried('broker', async () => {
    const { version: level, notice } = await askBroker(all, runtime, judge, signal)
    const words = `${all.mqttUrl.host}, MQTT ${level === 5 ? '5' : '3.1.1'}`
    return notice === undefined ? words : `${words}; ${notice}`
  })
  await tried('player', () => startPlayerOnce(all, runtime, signal))
  let clockAheadMs: number | undefined
  await tried('Login with Amazon', async () => {
    const response = await reach(answers, lwaUrl)
    clockAheadMs = clockErrorMs(response, runtime.clock.epochMs())
    return lwaUrl.host
  })
  await tried('Amazon Music', async () => {
    await reach(answers, musicUrl)
    return musicUrl.host
  })
  await tried('clock', () => judgeClock(clockAheadMs ?? judge.heardErrorMs, runtime.clock.epochMs()))
  http.close()
  return worst
}

/** @throws AppError `settings/invalid`: every line that systemd and Node.js read differently */
function judgeSettingsFile(text: string, path: string): string {
  const { problems } = readSettingsFile(text)
  if (problems.length === 0) return path
  throw new AppError(
    'settings/invalid',
    [`${path}:`, ...problems.map(({ line, reason }) => `line ${line}: ${reason}`)].join('\n  '),
  )
}

function readIfPossible(readFile: Facts['readFile'], path: string): string | undefined {
  try {
    return readFile(path)
  } catch {
    // Not installed from a package, or not readable by this user.
    return undefined
  }
}

interface Answers {
  readonly http: Http
  readonly runtime: Runtime
  readonly signal: AbortSignal
}

/** Any response is a success: without a token there is nothing to request. */
function reach({ http, signal }: Answers, url: URL): Promise<HttpResponse> {
  return http.exchange({ method: 'GET', url }, signal)
}

function failed(error: AppError): Finding {
  return {
    words: `${error.message}. ${error.remedy} (${error.code})`,
    exitCode: exitCodeOfFinding(error.code),
  }
}
