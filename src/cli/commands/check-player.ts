import { conform } from '../../player-conformance/conform.ts'
import type { Runtime } from '../../app/runtime.ts'
import { exitCodes } from '../help.ts'

/**
 * Tests a player program against every rule of docs/player-protocol.md; prints one line for each.
 *
 * @param commandLine the program and its arguments
 * @returns 0 when the player follows all rules, else 1
 */
export async function checkPlayer(
  commandLine: readonly string[],
  { stdout, stderr, env, signalGroup, clock }: Runtime,
  signal: AbortSignal,
): Promise<number> {
  const broken: number[] = []
  const isWhole = await conform(
    { commandLine, env, signalGroup, clock, onStderr: (line) => stderr.write(`      player: ${line}\n`) },
    ({ number, name, isKept, words }) => {
      if (!isKept) broken.push(number)
      stdout.write(`${isKept ? 'ok  ' : 'FAIL'}  ${String(number).padStart(2)} ${name}: ${words}\n`)
    },
    signal,
  )
  if (broken.length === 0 && isWhole) {
    stdout.write('Every rule is kept.\n')
    return exitCodes.ok[0]
  }
  const told = broken.length === 0 ? 'The time was up.' : `Broken: ${broken.join(', ')}.`
  stdout.write(`${told}${isWhole ? '' : ' The rules after that were not tried.'}\n`)
  return exitCodes.broken[0]
}
