import type { ErrorCode } from '../base/error-codes.ts'
import { AppError, toAppError } from '../base/errors.ts'
import { createHttp, type Http, type HttpResponse } from '../base/http.ts'
import { checkWritable } from '../base/stored-file.ts'
import { probeBroker } from '../bridge/broker-probe.ts'
import { brokerPlace } from '../daemon/broker-place.ts'
import { readSettings, type SettingSources } from '../settings/read-settings.ts'
import type { Settings } from '../settings/table.ts'
import type { Surroundings } from '../surroundings.ts'
import { product, version } from '../version.ts'
import { startPlayerOnce } from './start-player-once.ts'
import { exitCodes } from './help.ts'

/** Certificates are checked against the clock, and tokens live an hour: minutes do no harm, more does. */
const mostClockErrorMs = 5 * 60_000

interface Finding {
  readonly words: string
  readonly exitCode: number
}

/**
 * Tries what the agent needs, one line each, whatever the others say.
 *
 * @returns 0 when all is well, 78 for what the operator has to set right, 69 for what cannot be reached
 */
export async function check(
  sources: SettingSources,
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  let worst: number = exitCodes.ok[0]
  const line = ({ words, exitCode }: Finding, name: string): void => {
    around.stdout.write(`${exitCode === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)}  ${words}\n`)
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

  let settings: Settings | undefined
  await tried('settings', () => {
    const read = readSettings(sources)
    settings = read.settings
    return ['all usable', ...read.notices].join('; ')
  })
  if (settings === undefined) return worst

  const { stateDir, lwaUrl, musicUrl } = settings
  const place = brokerPlace(settings)
  const http = createHttp(`${product}/${version}`)
  const answers: Answers = { http, around, signal }
  await tried('state folder', () => {
    checkWritable(stateDir)
    return stateDir
  })
  await tried('broker', async () => {
    const clientId = `a2m-check-${Math.floor(around.random() * 1e9).toString(36)}`
    // Left in peace: a will is only sent for a connection that is lost, and this one says goodbye.
    const level = await probeBroker({
      ...place,
      clientId,
      availabilityTopic: `${clientId}/availability`,
      clock: around.clock,
    })
    return `${place.url.host}, MQTT ${level === 5 ? '5' : '3.1.1'}`
  })
  const all = settings
  await tried('player', () => startPlayerOnce(all, around, signal))
  let clockError: number | undefined
  await tried('Login with Amazon', async () => {
    const response = await reach(answers, lwaUrl)
    const date = Date.parse(response.header('date') ?? '')
    clockError = Number.isNaN(date) ? undefined : around.clock.epochMs() - date
    return lwaUrl.host
  })
  await tried('Amazon Music', async () => {
    await reach(answers, musicUrl)
    return musicUrl.host
  })
  await tried('clock', () => judgeClock(clockError, around.clock.epochMs()))
  http.close()
  return worst
}

interface Answers {
  readonly http: Http
  readonly around: Surroundings
  readonly signal: AbortSignal
}

/** Any answer will do: without a token there is nothing to ask for. */
function reach({ http, signal }: Answers, url: URL): Promise<HttpResponse> {
  return http.exchange({ method: 'GET', url }, signal)
}

/** @throws AppError `net/clock` */
function judgeClock(errorMs: number | undefined, nowEpochMs: number): string {
  const now = new Date(nowEpochMs).toISOString()
  if (errorMs === undefined) return `${now}; nobody answered to compare it with`
  if (Math.abs(errorMs) <= mostClockErrorMs) return now
  const minutes = Math.round(Math.abs(errorMs) / 60_000)
  throw new AppError('net/clock', `${now} is ${minutes} minutes ${errorMs > 0 ? 'ahead' : 'behind'}`)
}

const operatorsBusiness: readonly ErrorCode[] = [
  'settings/invalid',
  'state/unwritable',
  'mqtt/refused',
  'net/certificate',
  'player/missing',
  'player/device',
]

function failed(error: AppError): Finding {
  const isOperators = operatorsBusiness.includes(error.code)
  return {
    words: `${error.message}. ${error.remedy} (${error.code})`,
    exitCode: isOperators ? exitCodes.settings[0] : exitCodes.unavailable[0],
  }
}
