import type { Finding, Mark } from './finding.ts'
import type { Section } from './run-probes.ts'

/** A section of which not all is shown. */
export interface Shown extends Section {
  /** The marks of what is not. */
  readonly leftOut: readonly Mark[]
}

/** From what a page can do without to what it is made for. */
const byWeight: readonly Mark[] = ['info', 'ok', 'warn', 'FAIL']

/**
 * The same sections without the finding that is missed least: of the lightest mark that there is, the last of the
 * section that has most of them. So long lists get short before short ones do; what stands first in a list stays.
 *
 * @returns `sections` itself when nothing is left to leave out
 */
export function leaveOneOut(sections: readonly Shown[]): readonly Shown[] {
  for (const mark of byWeight) {
    const count = ({ findings }: Shown): number => findings.filter((finding) => finding.mark === mark).length
    const [longest] = [...sections].sort((one, other) => count(other) - count(one))
    if (longest === undefined || count(longest) === 0) continue
    const last = longest.findings.findLastIndex((finding) => finding.mark === mark)
    return sections.map((section) =>
      section === longest
        ? { ...section, findings: section.findings.toSpliced(last, 1), leftOut: [...section.leftOut, mark] }
        : section,
    )
  }
  return sections
}

/** The line that says how many of a section are not shown, and how many of them matter; none when all are. */
export function leftOutLine({ leftOut }: Shown): readonly Finding[] {
  if (leftOut.length === 0) return []
  const count = (mark: Mark): number => leftOut.filter((one) => one === mark).length
  const graver = (['FAIL', 'warn'] as const).filter((mark) => count(mark) > 0)
  const ofThem = graver.map((mark) => `${count(mark)} ${mark}`).join(', ')
  const words = `${leftOut.length} more${ofThem === '' ? '' : ` (${ofThem})`}; doctor --json shows all`
  return [{ mark: 'info', name: 'left out', words }]
}
