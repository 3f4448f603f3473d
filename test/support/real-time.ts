import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits in real time. Only for what runs on a clock that no test can move, such as that of a player or
 * another process. To wait for an event use `eventually()`, which has a generous time-out.
 *
 * @param why real time matters, for the reader
 */
export async function realTime(ms: number, why: string): Promise<void> {
  if (why.trim() === '') throw new Error('say why real time has to pass')
  await sleep(ms)
}
