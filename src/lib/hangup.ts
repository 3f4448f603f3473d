import { readFileSync } from 'node:fs'

/** SIGHUP in the signal masks of /proc/PID/status: bit 0. */
const hangupBit = 1n

/**
 * Whether this process must survive SIGHUP, as `nohup` and `trap '' HUP` ask for. Node resets every ignored
 * signal before any program runs (PlatformInit in src/node.cc), so two traces decide: nohup takes the
 * terminal away from all three standard streams, and a shell that ignores the signal is the parent.
 *
 * @param terminals whether each standard stream was a terminal at the start: after a hangup it no longer is
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
    // No /proc, or the parent has ended.
    return false
  }
}
