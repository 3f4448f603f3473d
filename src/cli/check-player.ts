import { conform } from '../playback/conformance/conform.ts'
import type { Surroundings } from '../surroundings.ts'
import { exitCodes } from './help.ts'

/**
 * Tries a player of a maker's on every rule of docs/player-protocol.md, one line each.
 *
 * @param commandLine the program and its arguments
 * @returns 0 when it keeps them all, else 1
 */
export async function checkPlayer(
  commandLine: readonly string[],
  { stdout, stderr, env, signalGroup, clock }: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const broken: number[] = []
  await conform(
    { commandLine, env, signalGroup, clock, onStderr: (line) => stderr.write(`      player: ${line}\n`) },
    ({ number, name, isKept, words }) => {
      if (!isKept) broken.push(number)
      stdout.write(`${isKept ? 'ok  ' : 'FAIL'}  ${String(number).padStart(2)} ${name}: ${words}\n`)
    },
    signal,
  )
  stdout.write(broken.length === 0 ? 'Every rule is kept.\n' : `Broken: ${broken.join(', ')}.\n`)
  return broken.length === 0 ? exitCodes.ok[0] : exitCodes.broken[0]
}
