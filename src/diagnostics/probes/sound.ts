import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

import type { Say } from '../finding.ts'
import { runProgram, type ProgramPlace } from '../run-program.ts'

const mostCards = 6

/** Reports the sound cards that ALSA knows, and whether this user may use them. */
export async function probeSound(place: ProgramPlace, say: Say, signal: AbortSignal): Promise<void> {
  const name = 'sound card'
  const cards = cardsOf(read('/proc/asound/cards'))
  for (const words of cards.slice(0, mostCards)) say({ mark: 'info', name, words })
  if (cards.length === 0) {
    const remedy = 'For a HAT see its dtoverlay line in /boot/firmware/config.txt.'
    say({ mark: 'info', name, words: 'the kernel knows none', remedy })
    return
  }
  const result = await runProgram(place, ['aplay', '-l'], 3_000, signal)
  if (result.kind !== 'ended') {
    say({ mark: 'info', name: 'aplay -l', words: 'not here (Debian package alsa-utils)' })
    return
  }
  const devices = result.stdout.split('\n').filter((line) => line.startsWith('card '))
  const mark = devices.length === 0 ? 'warn' : 'ok'
  const remedy = `Put the user into group audio: sudo usermod -aG audio ${me()}`
  const words =
    devices.length === 0 ? 'this user sees no device' : `${devices.length} devices can be played on`
  say({ mark, name: 'aplay -l', words, ...(devices.length === 0 ? { remedy } : {}) })
}

/** Each card in /proc/asound/cards, such as `vc4hdmi0 (vc4-hdmi-0)`. */
export function cardsOf(text: string): readonly string[] {
  return [...text.matchAll(/^ *\d+ \[(\S+) *\]: \S+ - (.+)$/gm)].map(
    ([, id = '', label = '']) => `${id} (${label})`,
  )
}

function me(): string {
  try {
    return userInfo().username
  } catch {
    return 'NAME'
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
