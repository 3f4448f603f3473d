import { CannotInstall } from './cannot-install.mjs'

/**
 * Runs a proof that needs what not every machine can have.
 *
 * @param {{ 'if-possible': boolean }} values where it cannot be had the process ends with 69, or well if this is true
 * @param {() => Promise<number | void>} run its answer is the exit code
 */
export async function ifPossible(values, run) {
  try {
    process.exitCode = (await run()) ?? 0
  } catch (error) {
    if (!(error instanceof CannotInstall)) throw error
    console.error(error.message)
    process.exitCode = values['if-possible'] ? 0 : 69
  }
}
