import { debianRoot } from '../lib/debian-root.mjs'

/**
 * @param {readonly ('bookworm' | 'trixie')[]} suites
 * @returns {Promise<number>} the exit code
 */
export async function check(suites) {
  for (const suite of suites) {
    const debian = await debianRoot(suite)
    try {
      const machine = await debian.boot()
      console.log(await machine.out(['systemctl', '--version']))
      await machine.poweroff()
    } finally {
      await debian.remove()
    }
  }
  return 0
}
