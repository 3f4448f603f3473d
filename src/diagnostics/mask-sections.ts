import type { Section } from './run-probes.ts'

/** The same sections with every text on them masked: what is said, by whom, and what to do. */
export function maskSections(
  sections: readonly Section[],
  mask: (text: string) => string,
): readonly Section[] {
  return sections.map(({ title, findings }) => ({
    title,
    findings: findings.map((finding) => ({
      ...finding,
      name: mask(finding.name),
      words: mask(finding.words),
      ...(finding.remedy === undefined ? {} : { remedy: mask(finding.remedy) }),
    })),
  }))
}
