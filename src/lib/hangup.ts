import { readFileSync } from 'node:fs'

/** SIGHUP in the masks of /proc/PID/status: bit 0. */
const hangupBit = 1n

/**
 * Whether a SIGHUP is not meant to end this process, as `nohup` and `trap '' HUP` ask for. Node sets every ignored
 * signal to its default before any program runs (PlatformInit in src/node.cc), so that is read from what it leaves:
 * nohup takes the terminal away from all three standard streams, and a shell that ignores the signal is the parent.
 *
 * @param terminals whether each of the standard streams was a terminal at the start: a hung-up one no longer is
 * @param parentId process id
 */
export function outlivesHangup(terminals: readonly boolean[], parentId: number): boolean {
  return !terminals.includes(true) || ignoresHangup(parentId)
}

function ignoresHangup(processId: number): boolean {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8')
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'
    return (BigInt(`0x${mask}`) & hangupBit) !== 0n
  } catch {
    // No /proc, or the parent has gone.
    return false
  }
}
