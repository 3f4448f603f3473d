import { AppError } from '../lib/errors.ts'
import { createLog, type LogFields } from '../lib/log.ts'
import { choosePlayer } from '../app/playback/choose-player.ts'
import type { Settings } from '../settings/table.ts'
import type { Runtime } from '../app/runtime.ts'

/**
 * Starts the configured player and closes it.
 *
 * @returns its name, and what it logs at its start
 * @throws AppError `player/*`; `player/device` for its warnings
 */
export async function startPlayerOnce(
  settings: Pick<Settings, 'player' | 'playerCommand' | 'audioDevice' | 'mixer'>,
  runtime: Pick<Runtime, 'clock' | 'env' | 'signalGroup'>,
  signal: AbortSignal,
): Promise<string> {
  const said: string[] = []
  const warnings: string[] = []
  const log = createLog({
    level: 'silent',
    write: () => undefined,
    onLine({ level, msg, fields }) {
      if (level === 'info') said.push(inWords(msg, fields))
      if (level === 'warn') warnings.push(inWords(msg, fields))
    },
  })
  const { name, open } = choosePlayer(settings, runtime, log)
  if (name === 'none') {
    const why = settings.player === 'auto' ? ': mpv is not installed here (apt install mpv)' : ''
    return `none, which makes no sound${why}`
  }
  const player = await open(() => undefined, signal)
  await player.close()
  if (warnings.length > 0) throw new AppError('player/device', `${name}: ${warnings.join('; ')}`)
  return [name, ...said].join('; ')
}

function inWords(message: string, fields: LogFields): string {
  const facts = Object.entries(fields).map(([key, value]) => `${key} ${String(value)}`)
  return [message, ...facts].join(', ')
}
