import { fstatSync } from 'node:fs'

/** Descriptors as every process has them. */
export const stdoutDescriptor = 1

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
