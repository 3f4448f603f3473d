import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Linux lists the PCM devices here, one per line. Empty or missing without a sound card. */
const alsaStreams = '/proc/asound/pcm'

/** Whether this machine can probably play sound: it has a sound card, or the user runs a sound server. */
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
