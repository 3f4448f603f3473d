import { fstatSync } from 'node:fs'

/** Descriptors as every process has them. */
export const stdoutDescriptor = 1
export const stderrDescriptor = 2

/**
 * Whether what is written to `descriptor` goes to systemd's journal.
 *
 * @param journalStream JOURNAL_STREAM of the environment: device and inode with a colon between (systemd.exec(5))
 */
export function isJournal(journalStream: string | undefined, descriptor: number): boolean {
  if (journalStream === undefined || journalStream === '') return false
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true })
    return journalStream === `${dev}:${ino}`
  } catch {
    return false
  }
}

/** An error in words, for the journal: each of its lines begins with the priority of errors (sd-daemon(3)). */
export function asJournalErrors(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '<3>')
}
