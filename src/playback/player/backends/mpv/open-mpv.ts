import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { startChild, type ChildOptions } from '../../../../lib/child-process.ts'
import type { Clock } from '../../../../lib/clock.ts'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { orAborted } from '../../../../lib/async/tasks.ts'
import type { OpenPlayer } from '../../player.ts'
import { joinAuthorities } from './authorities-file.ts'
import { openMixer, type Mixer } from './mixer.ts'
import { mpvFlags } from './mpv-flags.ts'
import { openLink, type MpvLink } from './mpv-link.ts'
import { MpvPlayer } from './mpv-player.ts'
import { plainWords } from './mpv-message.ts'

export interface MpvOptions {
  /** A path, or a name looked up in PATH. */
  readonly program: string
  /** The environment for mpv; see `plainEnvironment` in lib/child-process.ts. */
  readonly env: ChildOptions['env']
  readonly clock: Clock
  readonly log: Log
  /** mpv's name of the device, `null` for none; undefined: mpv chooses. */
  readonly audioDevice: string | undefined
  /** Sets the volume instead of mpv. */
  readonly mixer: Mixer | undefined
  /** PEM file of the trusted certificate authorities; default: the system's. */
  readonly caFile?: string
  /** PEM: further certificate authorities, for all that mpv fetches. */
  readonly ca?: readonly string[]
  /** Opens no format that refers to further URLs. Default: false. */
  readonly filesOnly?: boolean
  /** Further flags for mpv, which take precedence over ours. */
  readonly extraArgs?: readonly string[]
}

const systemCaFile = '/etc/ssl/certs/ca-certificates.crt'
const startMs = 10_000
const endMs = 2_000
const observed = ['duration', 'core-idle', 'paused-for-cache']

/** Player `mpv`: Debian's mpv, controlled over its JSON IPC on an inherited descriptor. */
export function createMpv(options: MpvOptions): OpenPlayer {
  const { program, env, clock, log, audioDevice, mixer, caFile = systemCaFile, extraArgs = [] } = options
  const { ca, filesOnly = false } = options
  return async (onEvent, signal) => {
    signal.throwIfAborted()
    const setMixer = mixer === undefined ? undefined : await openMixer(mixer, { env, clock })
    const trusted = ca === undefined ? undefined : joinAuthorities(caFile, ca, log)
    const child = await startChild({
      program,
      args: [...mpvFlags(audioDevice, trusted?.file ?? caFile, filesOnly), ...extraArgs],
      env,
      clock,
      channel: true,
      onStderr: (line) => log.debug('mpv complains', { text: plainWords(line) }),
    }).catch((error: unknown) => {
      trusted?.remove()
      const why = (error as NodeJS.ErrnoException).code ?? 'no reason told'
      throw new AppError('player/missing', `${program} cannot be started (${why})`)
    })
    child.stdout.resume()
    if (trusted !== undefined) void child.ended.then(trusted.remove)
    const { channel: socket } = child
    if (socket === undefined) throw new Error('a child without its channel')
    // mpv ends by itself when the link closes, unless it hangs.
    const end = async (): Promise<void> => {
      link.close()
      await child.end(endMs)
    }
    const link: MpvLink = openLink({
      socket,
      clock,
      onMessage: (message) => player.hear(message),
      onClosed: () => {
        void child
          .end(endMs)
          .then(() => child.ended)
          .then(({ code, signal: by }) => {
            player.gone(
              new AppError('player/failed', `mpv ended by itself (${by ?? `exit code ${code ?? 0}`})`),
            )
          })
      },
    })
    const player = new MpvPlayer({ link, clock, log, onEvent, mixer: setMixer, end })
    const beganMs = clock.monotonicMs()
    try {
      await orAborted(prepare(link, program, log), signal)
      tellDevices(await orAborted(link.read('audio-device-list'), signal), audioDevice, log)
    } catch (error) {
      await player.close()
      signal.throwIfAborted()
      const { signal: by } = await child.ended
      // Ended from outside during the start, and not by the agent: mpv is installed, and may start the next
      // time.
      if (by === null || by === 'SIGTERM' || clock.monotonicMs() - beganMs >= startMs) throw error
      throw new AppError('player/failed', `mpv ended by itself (${by})`)
    }
    return player
  }
}

async function prepare(link: MpvLink, program: string, log: Log): Promise<void> {
  const version = await link.ask(['get_property', 'mpv-version'], startMs).catch(() => {
    throw new AppError('player/missing', `${program} was started, but does not answer as mpv does`)
  })
  log.info('mpv runs', { version: String(version) })
  // Only the log has the status of a server's answer.
  await link.ask(['request_log_messages', 'warn'])
  for (const [at, property] of observed.entries()) await link.ask(['observe_property', at + 1, property])
}

function tellDevices(list: unknown, wanted: string | undefined, log: Log): void {
  const names = (Array.isArray(list) ? list : []).map((device: { readonly name?: unknown }) =>
    String(device.name),
  )
  log.info('sound devices that mpv knows', { devices: names.join(' ') })
  if (wanted !== undefined && wanted !== 'null' && !names.includes(wanted)) {
    log.warn('A2M_AUDIO_DEVICE is not among the sound devices that mpv knows', { device: wanted })
  }
}

/** Returns the path of mpv in PATH, or undefined. */
export function findMpv(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'mpv'))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
