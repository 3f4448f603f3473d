import type { Clock } from '../lib/clock.ts'
import { toAppError } from '../lib/errors.ts'
import { orAborted } from '../lib/async/tasks.ts'
import type { Finding, Say } from './finding.ts'

export interface Probe {
  /** The heading of the section. */
  readonly title: string
  /** After this time the probe is abandoned. Its findings until then are kept. */
  readonly limitMs: number
  readonly run: (say: Say, signal: AbortSignal) => Promise<void> | void
}

export interface Section {
  readonly title: string
  readonly findings: readonly Finding[]
}

/**
 * Runs all probes in parallel, each with its time limit.
 *
 * @returns one section per probe, in the same order, even for failed probes
 * @throws signal.reason only
 */
export async function runProbes(
  probes: readonly Probe[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Section[]> {
  const sections = await Promise.all(probes.map((probe) => runProbe(probe, clock, signal)))
  signal.throwIfAborted()
  return sections
}

async function runProbe({ title, limitMs, run }: Probe, clock: Clock, signal: AbortSignal): Promise<Section> {
  const findings: Finding[] = []
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const say: Say = (finding) => {
    // An abandoned probe may still run: ignore its findings.
    if (!over.signal.aborted) findings.push(finding)
  }
  const done = new AbortController()
  clock.sleep(limitMs, AbortSignal.any([signal, done.signal])).then(
    () => over.abort(),
    () => undefined,
  )
  try {
    await orAborted(
      Promise.resolve().then(() => run(say, either)),
      either,
    )
  } catch (error) {
    findings.push({ mark: 'warn', name: 'this part', words: gaveUp(error, over.signal.aborted, limitMs) })
  } finally {
    done.abort()
    over.abort()
  }
  return { title, findings }
}

function gaveUp(error: unknown, isLate: boolean, limitMs: number): string {
  if (isLate) return `did not end within ${Math.round(limitMs / 1000)} s`
  const { message, code } = toAppError(error)
  return `could not be looked at: ${message} (${code})`
}
