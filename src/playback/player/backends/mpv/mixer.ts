import { startChild, type ChildOptions } from '../../../../lib/child-process.ts'
import { AppError } from '../../../../lib/errors.ts'
import { readLines } from '../../../../lib/lines.ts'

/** A control of an ALSA card (number or name), as listed by `amixer -D hw:CARD scontrols`. */
export interface Mixer {
  readonly card: string
  readonly control: string
}

const program = 'amixer'
const longestRunMs = 5_000
const longestLineBytes = 4_096

/**
 * Sets the volume of a sound card with ALSA's `amixer`, in whole percents of its perceptual scale.
 *
 * @throws AppError `player/device` when the card has no such control or the program fails; the returned
 *   function rejects likewise
 */
export async function openMixer(
  { card, control }: Mixer,
  surroundings: Pick<ChildOptions, 'env' | 'clock'>,
): Promise<(percent: number) => Promise<void>> {
  const amixer = (...args: readonly string[]): Promise<readonly string[]> =>
    runAmixer(['-D', `hw:${card}`, ...args], surroundings)
  const controls = (await amixer('scontrols')).flatMap((line) => {
    const [, name, index] = /^Simple mixer control '(.*)',(\d+)$/.exec(line) ?? []
    return name === undefined ? [] : index === '0' ? [name] : [`${name},${index ?? ''}`]
  })
  if (!controls.includes(control)) {
    const there = controls.length === 0 ? 'none' : controls.join(', ')
    throw new AppError('player/device', `sound card ${card} has no control "${control}", but ${there}`)
  }
  return async (percent) => {
    await amixer('-M', '-q', 'sset', control, `${Math.round(percent)}%`)
  }
}

async function runAmixer(
  args: readonly string[],
  { env, clock }: Pick<ChildOptions, 'env' | 'clock'>,
): Promise<readonly string[]> {
  const said: string[] = []
  const complaints: string[] = []
  const child = await startChild({
    program,
    args,
    env,
    clock,
    onStderr: (line) => complaints.push(line),
  }).catch(() => {
    throw new AppError('player/device', 'amixer cannot be started: install alsa-utils, or unset A2M_MIXER')
  })
  readLines(child.stdout, longestLineBytes, (line) => said.push(line))
  const ended = new AbortController()
  clock.sleep(longestRunMs, ended.signal).then(
    () => child.end(0),
    () => undefined,
  )
  const { code } = await child.ended
  ended.abort()
  if (code === 0) return said
  throw new AppError('player/device', `amixer failed: ${complaints[0] ?? 'it did not end'}`)
}
