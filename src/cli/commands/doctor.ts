import { createHttp } from '../../lib/http/http.ts'
import { trustedAuthorities } from '../../app/trusted-authorities.ts'
import { createRedactor } from '../../lib/redactor.ts'
import { maskSections } from '../../diagnostics/mask-sections.ts'
import { pageJson, pageText } from '../../diagnostics/page.ts'
import { runProbes, type Section } from '../../diagnostics/run-probes.ts'
import type { SettingSources } from '../../settings/read-settings.ts'
import type { Runtime } from '../../app/runtime.ts'
import { product, version } from '../../version.ts'
import { createClockJudge } from '../clock-judge.ts'
import { doctorProbes } from '../doctor-probes.ts'
import { exitCodes } from '../help.ts'
import { knownSecrets } from '../known-secrets.ts'
import { usableSettings } from '../usable-settings.ts'
import { exitCodeOfFinding } from '../exit-codes.ts'

interface DoctorOptions {
  readonly sources: SettingSources
  /** Print the page as JSON. */
  readonly json: boolean
}

/**
 * Prints one page about everything the agent needs, for troubleshooting and bug reports. Checks all that the
 * usable settings allow, and writes only a probe file to the state folder.
 *
 * @returns 0 when nothing on the page fails, 78 when the operator must fix something, else 69
 */
export async function doctor(
  { sources, json }: DoctorOptions,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<number> {
  const judge = createClockJudge(runtime)
  const ca = trustedAuthorities(usableSettings(sources, ['caFile']) ?? { caFile: undefined }, runtime.env)
  const http = createHttp(`${product}/${version}`, { judge, ...(ca === undefined ? {} : { ca }) })
  try {
    const found = await runProbes(
      doctorProbes(sources, runtime, { http, judge }, signal),
      runtime.clock,
      signal,
    )
    const sections = maskSections(found, createRedactor(knownSecrets(sources)))
    const page = { product, version, atEpochMs: runtime.clock.epochMs(), sections }
    runtime.stdout.write(json ? pageJson(page) : pageText(page))
    return exitCodeOf(sections)
  } finally {
    http.close()
  }
}

function exitCodeOf(sections: readonly Section[]): number {
  const failures = sections.flatMap(({ findings }) => findings).filter(({ mark }) => mark === 'FAIL')
  return Math.max(exitCodes.ok[0], ...failures.map(({ code }) => exitCodeOfFinding(code)))
}
