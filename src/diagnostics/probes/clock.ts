import { existsSync } from 'node:fs'

import { AppError } from '../../lib/errors.ts'
import { failure, type Say } from '../finding.ts'
import { runProgram, type ProgramPlace } from '../run-program.ts'

/**
 * Certificates are checked against the clock, and tokens last an hour: an error of minutes is harmless, a
 * larger one is not.
 */
const mostErrorMs = 5 * 60_000

/**
 * Judges the error of the clock, measured against a server's `Date` header.
 *
 * @param errorMs undefined when no server answered
 * @returns the time, and whether it could be compared
 * @throws AppError `net/clock`
 */
export function judgeClock(errorMs: number | undefined, nowEpochMs: number): string {
  const now = new Date(nowEpochMs).toISOString()
  if (errorMs === undefined) return `${now}; nobody answered to compare it with`
  if (Math.abs(errorMs) <= mostErrorMs) return now
  const minutes = Math.round(Math.abs(errorMs) / 60_000)
  throw new AppError('net/clock', `${now} is ${minutes} minutes ${errorMs > 0 ? 'ahead' : 'behind'}`)
}

export interface ClockFacts extends ProgramPlace {
  /** A correct clock is never before this time. */
  readonly notBeforeEpochMs: number
  /**
   * How far the clock is ahead of each server's `Date`, in milliseconds. Resolves when the server has
   * answered.
   */
  readonly errors: readonly Promise<number | undefined>[]
}

/**
 * Checks whether the clock can be trusted: what the system reports, what is possible, what servers report.
 */
export async function probeClock(facts: ClockFacts, say: Say, signal: AbortSignal): Promise<void> {
  const name = 'time'
  const nowEpochMs = facts.clock.epochMs()
  const now = new Date(nowEpochMs).toISOString()
  const isImpossible = nowEpochMs < facts.notBeforeEpochMs
  if (isImpossible) say(failure(name, new AppError('net/clock', `${now} is before this agent was made`)))
  say(await synchronized(facts, signal))
  const errors = (await Promise.all(facts.errors)).filter((error) => error !== undefined)
  // The smallest error: a slow answer makes the clock look ahead.
  const [error] = [...errors].sort((one, other) => Math.abs(one) - Math.abs(other))
  if (isImpossible && error === undefined) return
  try {
    const words = judgeClock(error, nowEpochMs)
    if (error === undefined) say({ mark: 'warn', name, words })
    else say({ mark: 'ok', name, words: `${words}, ${inWords(error)}` })
  } catch (thrown) {
    say(failure(name, thrown))
  }
}

/** HTTP's `Date` has a resolution of one second. */
function inWords(errorMs: number): string {
  const seconds = Math.round(Math.abs(errorMs) / 1000)
  return seconds <= 2
    ? 'as the servers have it'
    : `${seconds} s ${errorMs > 0 ? 'ahead of' : 'behind'} the servers`
}

async function synchronized(place: ProgramPlace, signal: AbortSignal): Promise<Parameters<Say>[0]> {
  const name = 'synchronised'
  const asked = ['timedatectl', 'show', '-p', 'NTPSynchronized', '-p', 'NTP'] as const
  const result = await runProgram(place, asked, 3_000, signal)
  const stamp = existsSync('/run/systemd/timesync/synchronized')
  const said = result.kind === 'ended' ? /^NTPSynchronized=(yes|no)$/m.exec(result.stdout)?.[1] : undefined
  const service = result.kind === 'ended' ? /^NTP=(yes|no)$/m.exec(result.stdout)?.[1] : undefined
  if (said === 'yes' || (said === undefined && stamp)) {
    return {
      mark: 'ok',
      name,
      words: said === 'yes' ? 'yes, says timedatectl' : 'yes, says systemd-timesyncd',
    }
  }
  if (said === undefined) return { mark: 'info', name, words: 'not told: timedatectl does not answer here' }
  const remedy = 'timedatectl set-ntp true; then the network must let NTP through (UDP port 123).'
  return {
    mark: 'warn',
    name,
    words: `no, says timedatectl; the time service is ${service === 'yes' ? 'on' : 'off'}`,
    remedy,
  }
}
