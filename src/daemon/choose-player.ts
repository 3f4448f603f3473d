import { plainEnvironment } from '../base/child.ts'
import type { Log } from '../base/log.ts'
import type { OpenPlayer } from '../playback/player.ts'
import { createCommandPlayer } from '../playback/players/command/open-command.ts'
import { createMpv, findMpv } from '../playback/players/mpv/open-mpv.ts'
import { createNonePlayer } from '../playback/players/none.ts'
import type { Settings } from '../settings/table.ts'
import type { Surroundings } from '../surroundings.ts'

export interface ChosenPlayer {
  /** As topic `state` names it. */
  readonly name: 'none' | 'mpv' | 'command'
  readonly open: OpenPlayer
}

type PlayerSettings = Pick<Settings, 'player' | 'playerCommand' | 'audioDevice' | 'mixer'>

/** The player that setting `player` means on this machine. */
export function choosePlayer(
  { player, playerCommand, audioDevice, mixer }: PlayerSettings,
  { clock, env, signalGroup }: Pick<Surroundings, 'clock' | 'env' | 'signalGroup'>,
  log: Log,
): ChosenPlayer {
  const found = player === 'auto' ? findMpv(env) : undefined
  if (player === 'command' && playerCommand !== undefined) {
    return {
      name: 'command',
      open: createCommandPlayer({ commandLine: playerCommand, env, signalGroup, clock, log }),
    }
  }
  if (player === 'mpv' || found !== undefined) {
    const program = found ?? 'mpv'
    return {
      name: 'mpv',
      open: createMpv({ program, env: plainEnvironment(env), clock, log, audioDevice, mixer }),
    }
  }
  return { name: 'none', open: createNonePlayer(clock) }
}
