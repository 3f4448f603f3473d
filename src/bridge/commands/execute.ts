import { AppError, toAppError } from '../../lib/errors.ts'
import type { PlayTarget } from '../../amazon-music/identifiers.ts'
import type { MusicApi, PlayParams } from '../../amazon-music/api.ts'
import type { Engine } from '../../playback/engine.ts'
import type { PlayRequest } from '../../playback/queue/session.ts'
import type { CommandAction, PlayAction } from './command.ts'
import type { Presets } from '../presets.ts'
import { decodePlay } from './request-codec.ts'

/** What actions operate on. */
export interface Agent {
  readonly engine: Engine
  readonly api: Pick<MusicApi, 'search'>
  readonly presets: Presets
  /** Converts the `id` of a command to the service's parameters. @throws AppError `command/payload` */
  readonly playParamsOf: (wish: PlayTarget) => PlayParams
  readonly account: { requestLogin(): void; logout(): Promise<void> }
  /** Ends the process cleanly; its supervisor starts it again. */
  readonly restart: () => void
}

/**
 * Executes the actions in order. When one fails, the previous volume and mute are restored; what the service
 * has already done stays done, and the fact `done` of the error names it.
 *
 * @throws AppError
 */
export async function executeAll(
  actions: readonly CommandAction[],
  agent: Agent,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = agent
  const { volume, muted } = engine.state
  const done: string[] = []
  try {
    for (const action of actions) {
      await execute(action, agent, signal)
      if (action.type !== 'volume' && action.type !== 'mute') done.push(action.type)
    }
  } catch (error) {
    if (engine.state.volume !== volume) await engine.setVolume(volume)
    if (engine.state.muted !== muted) await engine.setMuted(muted)
    throw done.length === 0 ? error : partly(error, done)
  }
}

/** Adds to the error which actions were done before it. */
function partly(error: unknown, done: readonly string[]): AppError {
  const { code, message, facts, retryAfterMs, url } = toAppError(error)
  return new AppError(code, message, {
    facts: { ...facts, done: done.join(', ') },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(url === undefined ? {} : { url }),
  })
}

/** @throws AppError: nothing was changed then */
async function execute(action: CommandAction, agent: Agent, signal: AbortSignal): Promise<void> {
  const { engine } = agent
  const { state } = engine
  switch (action.type) {
    case 'resume':
      return engine.resume(signal, action.takeOver)
    case 'pause':
      return engine.pause()
    case 'play_pause':
      return state.phase === 'playing' || state.phase === 'buffering' ? engine.pause() : engine.resume(signal)
    case 'stop':
      return engine.stop()
    case 'next':
      return engine.next(signal)
    case 'previous':
      return engine.previous(signal)
    case 'seek':
      return engine.seek(action.to)
    case 'volume': {
      const wanted = 'percent' in action.to ? action.to.percent : state.volume + action.to.delta
      return engine.setVolume(Math.min(Math.max(wanted, 0), 100))
    }
    case 'mute':
      return engine.setMuted(action.to === 'toggle' ? !state.muted : action.to)
    case 'shuffle':
      return engine.setShuffle(action.to === 'toggle' ? !state.shuffle : action.to, signal)
    case 'repeat': {
      const toggled = state.repeat === 'all' ? 'off' : 'all'
      return engine.setRepeat(action.to === 'toggle' ? toggled : action.to, signal)
    }
    case 'restore':
      return engine.restore(action.sessionId, signal)
    case 'play':
      return play(action, undefined, agent, signal)
    case 'preset':
      return play(decodePlay(agent.presets.named(action.name).play), action.name, agent, signal)
    case 'preset_save': {
      const { id, searchType, containerIds } = decodePlay(action.preset.play)
      if (id !== undefined) agent.playParamsOf({ id, type: searchType, containerIds })
      agent.presets.save(action.preset)
      return
    }
    case 'preset_delete':
      agent.presets.delete(action.name)
      return
    case 'login':
      agent.account.requestLogin()
      return
    case 'logout':
      return agent.account.logout()
    case 'restart':
      agent.restart()
      return
  }
}

async function play(
  action: PlayAction,
  preset: string | undefined,
  agent: Agent,
  signal: AbortSignal,
): Promise<void> {
  const { play: params, context } = await whatToPlay(action, agent, signal)
  if (action.enqueue !== 'replace' && agent.engine.state.entity !== undefined) {
    return agent.engine.enqueue(params, action.enqueue, signal)
  }
  const request: PlayRequest = {
    play: params,
    options: {
      ...(action.shuffle === undefined ? {} : { shuffle: action.shuffle }),
      ...(action.repeat === undefined ? {} : { loop: action.repeat }),
      ...(action.station === undefined ? {} : { startAsStation: action.station }),
      ...(action.autoplay === undefined ? {} : { autoplay: action.autoplay }),
    },
    context,
    ...(preset === undefined ? {} : { preset }),
  }
  return agent.engine.play(request, signal, action.takeOver)
}

async function whatToPlay(
  { id, query, searchType, containerIds }: PlayAction,
  agent: Agent,
  signal: AbortSignal,
): Promise<{ readonly play: PlayParams; readonly context: string }> {
  if (id !== undefined)
    return { play: agent.playParamsOf({ id, type: searchType, containerIds }), context: id }
  const words = query ?? ''
  const [hit] = await agent.api.search(words, searchType, 1, signal)
  if (hit === undefined)
    throw new AppError('playback/no-result', `Nothing was found for ${JSON.stringify(words)}`)
  return { play: agent.playParamsOf({ id: hit.playId, containerIds }), context: words }
}
