import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Lets real time pass. For what runs on a clock that no test can move, such as a player's or another process's: to wait
 * for something to happen use `eventually()`, whose bound is generous where this is exact.
 *
 * @param why real time is the subject, for the reader
 */
export async function realTime(ms: number, why: string): Promise<void> {
  if (why.trim() === '') throw new Error('say why real time has to pass')
  await sleep(ms)
}
