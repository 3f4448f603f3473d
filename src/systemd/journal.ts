import { fstatSync } from 'node:fs'

/** Descriptors that every process has. */
export const stdoutDescriptor = 1
export const stderrDescriptor = 2

/**
 * Whether output to `descriptor` goes to systemd's journal.
 *
 * @param journalStream JOURNAL_STREAM of the environment: `device:inode` (systemd.exec(5))
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

/** `text` for the journal: each line begins with the priority of errors (sd-daemon(3)). */
export function asJournalErrors(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '<3>')
}
