import { plainEnvironment, type Variables } from '../../lib/child-process.ts'
import type { Log } from '../../lib/log.ts'
import type { OpenPlayer } from '../../playback/player/player.ts'
import { createCommandPlayer } from '../../playback/player/backends/command/open-command.ts'
import { createMpv, findMpv } from '../../playback/player/backends/mpv/open-mpv.ts'
import { createNonePlayer } from '../../playback/player/backends/none.ts'
import type { Settings } from '../../settings/table.ts'
import type { Runtime } from '../runtime.ts'

export interface ChosenPlayer {
  /** As topic `state` names it. */
  readonly name: 'none' | 'mpv' | 'command'
  readonly open: OpenPlayer
  /** The same for single files: no list of other addresses is followed. */
  readonly openForFiles: OpenPlayer
}

type PlayerSettings = Pick<Settings, 'player' | 'playerCommand' | 'audioDevice' | 'mixer'>

/**
 * The player that setting `player` means on this machine.
 *
 * @param ca PEM: the authorities to trust beside the system's
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

/** MPV_VERBOSE makes mpv write the headers of its requests to the log; MPV_HOME brings options of somebody else. */
export function withoutMpvVariables(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('MPV_')))
}

/** An announcement comes over this machine: a proxy for the rest of the world would not find it. */
function withoutProxy(env: Variables): Variables {
  return { ...env, no_proxy: [env['no_proxy'] ?? '', '127.0.0.1'].filter((part) => part !== '').join(',') }
}
