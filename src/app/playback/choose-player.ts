import { plainEnvironment, type Variables } from '../../lib/child-process.ts'
import type { Log } from '../../lib/log.ts'
import type { OpenPlayer } from '../../playback/player/player.ts'
import { createCommandPlayer } from '../../playback/player/backends/command/open-command.ts'
import { createMpv, findMpv } from '../../playback/player/backends/mpv/open-mpv.ts'
import { createNonePlayer } from '../../playback/player/backends/none.ts'
import type { Settings } from '../../settings/table.ts'
import type { Runtime } from '../runtime.ts'

export interface ChosenPlayer {
  /** The name in topic `state`. */
  readonly name: 'none' | 'mpv' | 'command'
  readonly open: OpenPlayer
  /** For single files: playlists are not followed. */
  readonly openForFiles: OpenPlayer
}

type PlayerSettings = Pick<Settings, 'player' | 'playerCommand' | 'audioDevice' | 'mixer'>

/**
 * Chooses the player by setting `player` and the programs on this machine.
 *
 * @param ca PEM: authorities to trust in addition to the system's
 */
export function choosePlayer(
  { player, playerCommand, audioDevice, mixer }: PlayerSettings,
  { clock, env, signalGroup }: Pick<Runtime, 'clock' | 'env' | 'signalGroup'>,
  log: Log,
  ca?: readonly string[],
): ChosenPlayer {
  const found = player === 'auto' ? findMpv(env) : undefined
  if (player === 'command' && playerCommand !== undefined) {
    const open = createCommandPlayer({ commandLine: playerCommand, env, signalGroup, clock, log })
    return { name: 'command', open, openForFiles: open }
  }
  if (player === 'mpv' || found !== undefined) {
    const program = found ?? 'mpv'
    const options = {
      ...{ program, env: withoutMpvVariables(plainEnvironment(env)), clock, log, audioDevice, mixer },
      ...(ca === undefined ? {} : { ca }),
    }
    return {
      name: 'mpv',
      open: createMpv(options),
      openForFiles: createMpv({ ...options, env: withoutProxy(options.env), filesOnly: true }),
    }
  }
  const open = createNonePlayer(clock)
  return { name: 'none', open, openForFiles: open }
}

/** MPV_VERBOSE makes mpv log the headers of its requests; MPV_HOME loads foreign options. */
export function withoutMpvVariables(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('MPV_')))
}

/** Announcements are served from this machine, which a proxy cannot reach. */
function withoutProxy(env: Variables): Variables {
  return { ...env, no_proxy: [env['no_proxy'] ?? '', '127.0.0.1'].filter((part) => part !== '').join(',') }
}
