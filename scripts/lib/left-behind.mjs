import { readdirSync, readFileSync } from 'node:fs'

/**
 * Processes that a test run has left, as `pid command line`. All that a test starts is given its PATH, and `mark` is a
 * part of that; what another user started cannot be read and is passed over. Linux only, elsewhere there are none.
 */
export function processesWith(mark) {
  return processIds().flatMap((pid) => {
    try {
      if (pid === process.pid || !readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)) return []
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      // A zombie has no command line: it has ended, and waits for whoever started it.
      return command === '' ? [] : [{ pid, command }]
    } catch {
      return []
    }
  })
}

function processIds() {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}
