import assert from 'node:assert/strict'

import type { Home } from './built-agent.ts'

/** The sections of doctor's page, in order. */
export const sectionTitles = [
  'Versions',
  'Settings',
  'State folder',
  'Clock',
  'Names',
  'Broker',
  'Login with Amazon',
  'Amazon Music',
  'Player',
  'Sound cards',
  'Service',
  'Running agent',
  'Last warnings and errors',
]

interface Finding {
  readonly mark: string
  readonly name: string
  readonly words: string
  readonly code?: string
  readonly remedy?: string
}

/** The output of `doctor --json`. */
export interface DoctorPage {
  readonly code: number | null
  /** The findings of a section, each as `FAIL broker: mqtt/refused …`. */
  readonly said: (section: string) => readonly string[]
  /** The remedy of the finding with this name; undefined without one. */
  readonly remedyOf: (section: string, name: string) => string | undefined
  readonly failures: readonly string[]
  readonly text: string
  readonly tookMs: number
}

/** Runs `doctor --json` with the settings of `home`. */
export async function askDoctor(
  home: Pick<Home, 'start'>,
  env: Readonly<Record<string, string>> = {},
): Promise<DoctorPage> {
  const beganMs = performance.now()
  const { code, stdout, stderr } = await home.start({ args: ['doctor', '--json'], env }).ended(30_000)
  const tookMs = performance.now() - beganMs
  assert.equal(stderr, '')
  return doctorPage(code, stdout, tookMs)
}

/** Parses the output of `doctor --json`. All sections must be present. */
export function doctorPage(code: number | null, stdout: string, tookMs = 0): DoctorPage {
  const { sections } = JSON.parse(stdout) as {
    sections: readonly { readonly title: string; readonly findings: readonly Finding[] }[]
  }
  assert.deepEqual(
    sections.map(({ title }) => title),
    sectionTitles,
  )
  const findings = (section: string): readonly Finding[] =>
    sections.find(({ title }) => title === section)?.findings ?? []
  const inWords = ({ mark, name, words, code: at }: Finding): string =>
    `${mark} ${name}: ${at === undefined ? '' : `${at} `}${words}`
  return {
    code,
    text: stdout,
    tookMs,
    said: (section) => findings(section).map(inWords),
    remedyOf: (section, name) => findings(section).find((finding) => finding.name === name)?.remedy,
    failures: sections
      .flatMap((section) => section.findings)
      .filter(({ mark }) => mark === 'FAIL')
      .map(inWords),
  }
}

/** Asserts that one of `lines` matches. */
export function has(lines: readonly string[], form: RegExp): void {
  assert.ok(
    lines.some((line) => form.test(line)),
    `${String(form)} in\n${lines.join('\n')}`,
  )
}
