import type { Readable } from 'node:stream'

/**
 * Calls `onLine` for each line of UTF-8 text in `stream`, without its line end. No protocol of the agent has
 * a line longer than `longestBytes`: `onLine` gets the beginning of such a line, and the rest is dropped.
 * Text after the last line end is dropped too: it was cut off.
 */
export function readLines(stream: Readable, longestBytes: number, onLine: (line: string) => void): void {
  let waiting = Buffer.alloc(0)
  let isTooLong = false
  const take = (line: Buffer): void => {
    if (!isTooLong) onLine(line.toString('utf8').replace(/\r$/, ''))
    isTooLong = false
  }
  stream.on('data', (chunk: Buffer) => {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, end)
      take(waiting.length === 0 ? rest : Buffer.concat([waiting, rest]))
      waiting = Buffer.alloc(0)
      from = end + 1
    }
    if (isTooLong || from === chunk.length) return
    waiting = Buffer.concat([waiting, chunk.subarray(from)])
    if (waiting.length <= longestBytes) return
    take(waiting.subarray(0, longestBytes))
    isTooLong = true
    waiting = Buffer.alloc(0)
  })
}
