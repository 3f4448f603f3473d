import type { Section } from './run-probes.ts'

/** Masks every text of the sections: names, words and remedies. */
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
