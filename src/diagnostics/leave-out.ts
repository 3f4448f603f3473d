import type { Finding, Mark } from './finding.ts'
import type { Section } from './run-probes.ts'

/** A section that may be shortened. */
export interface Shown extends Section {
  /** The marks of the findings left out. */
  readonly leftOut: readonly Mark[]
}

/** The least important mark first. */
const byWeight: readonly Mark[] = ['info', 'ok', 'warn', 'FAIL']

/**
 * Removes the least important finding: of the least important mark present, the last one in the section that
 * has most of them. So long lists shrink before short ones, and the first findings of a list stay.
 *
 * @returns `sections` itself when nothing can be left out
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

/**
 * The line that counts the findings left out, and those of them that matter; empty when nothing is left out.
 */
export function leftOutLine({ leftOut }: Shown): readonly Finding[] {
  if (leftOut.length === 0) return []
  const count = (mark: Mark): number => leftOut.filter((one) => one === mark).length
  const graver = (['FAIL', 'warn'] as const).filter((mark) => count(mark) > 0)
  const ofThem = graver.map((mark) => `${count(mark)} ${mark}`).join(', ')
  const words = `${leftOut.length} more${ofThem === '' ? '' : ` (${ofThem})`}; doctor --json shows all`
  return [{ mark: 'info', name: 'left out', words }]
}
