import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Linux lists what can play, a line each; empty or missing without a sound card. */
const alsaStreams = '/proc/asound/pcm'

/** Whether this machine looks as if sound could be heard: a card, or a sound server of the user's. */
export function isSoundHere(
  env: Readonly<Record<string, string | undefined>>,
  streams = alsaStreams,
): boolean {
  const runtimeDir = env['XDG_RUNTIME_DIR'] ?? ''
  const hasServer =
    (env['PULSE_SERVER'] ?? '') !== '' ||
    (runtimeDir !== '' && ['pulse/native', 'pipewire-0'].some((name) => existsSync(join(runtimeDir, name))))
  return hasServer || hasCard(streams)
}

function hasCard(streams: string): boolean {
  try {
    return readFileSync(streams, 'utf8').includes('playback')
  } catch {
    return false
  }
}
