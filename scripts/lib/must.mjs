/**
 * Prints a line for each thing that must be so, with how long it took, and counts them.
 *
 * @typedef {(what: string, prove: () => Promise<unknown>) => Promise<void>} Must `prove` may give a figure, a text to
 *   show with it
 *
 * @returns {{ must: Must, mustOf: (who: string) => Must, counted: { passed: number, failed: number }, end: () => number }}
 *   `mustOf`: lines that begin with a name, for several that are proven side by side; `end` prints the sum and gives the
 *   exit code
 */
export function proofs() {
  const counted = { passed: 0, failed: 0 }
  const mustOf = (who) => async (what, prove) => {
    const beganMs = performance.now()
    const name = who === '' ? what : `${who}  ${what}`
    try {
      const figure = await prove()
      counted.passed += 1
      const seconds = ((performance.now() - beganMs) / 1000).toFixed(1)
      console.log(`ok    ${name}${typeof figure === 'string' ? `: ${figure}` : ''} (${seconds} s)`)
    } catch (error) {
      counted.failed += 1
      const why = String(error.stack ?? error).slice(0, 3_000)
      console.log(`FAIL  ${name}\n      ${why.replaceAll('\n', '\n      ')}`)
    }
  }
  return {
    must: mustOf(''),
    mustOf,
    counted,
    end() {
      console.log(`${counted.passed} passed, ${counted.failed} failed`)
      return counted.failed === 0 ? 0 : 1
    },
  }
}
