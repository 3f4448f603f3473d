import { AppError, toAppError } from '../../lib/errors.ts'
import type { PlayWish } from '../../amazon-music/identifiers.ts'
import type { MusicApi, PlayParams } from '../../amazon-music/api.ts'
import type { Engine } from '../../playback/engine.ts'
import type { PlayRequest } from '../../playback/play-request.ts'
import type { Intent, PlayIntent } from './command.ts'
import type { Presets } from '../presets.ts'
import { decodePlay } from './request-codec.ts'

/** What intents act upon. */
export interface Agent {
  readonly engine: Engine
  readonly api: Pick<MusicApi, 'search'>
  readonly presets: Presets
  /** What a user wrote as `id`, as the service wants it. @throws AppError `command/payload` */
  readonly playParamsOf: (wish: PlayWish) => PlayParams
  readonly account: { requestLogin(): void; logout(): Promise<void> }
  /** Ends the process cleanly, for its supervisor to start it again. */
  readonly restart: () => void
}

/**
 * Does what is wanted, in order. When one fails, the volume and mute that were set before it are put back; what the
 * service has done already stays done, and the error's fact `done` names it.
 *
 * @throws AppError
 */
export async function carryOutAll(
  intents: readonly Intent[],
  agent: Agent,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = agent
  const { volume, muted } = engine.state
  const done: string[] = []
  try {
    for (const intent of intents) {
      await carryOut(intent, agent, signal)
      if (intent.type !== 'volume' && intent.type !== 'mute') done.push(intent.type)
    }
  } catch (error) {
    if (engine.state.volume !== volume) await engine.setVolume(volume)
    if (engine.state.muted !== muted) await engine.setMuted(muted)
    throw done.length === 0 ? error : partly(error, done)
  }
}

/** A set of several keys failed in the middle: the sender learns what was done. */
function partly(error: unknown, done: readonly string[]): AppError {
  const { code, message, facts, retryAfterMs, url } = toAppError(error)
  return new AppError(code, message, {
    facts: { ...facts, done: done.join(', ') },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(url === undefined ? {} : { url }),
  })
}

/** @throws AppError: then nothing was changed */
async function carryOut(intent: Intent, agent: Agent, signal: AbortSignal): Promise<void> {
  const { engine } = agent
  const { state } = engine
  switch (intent.type) {
    case 'resume':
      return engine.resume(signal, intent.takeOver)
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
      return engine.seek(intent.to)
    case 'volume': {
      const wanted = 'percent' in intent.to ? intent.to.percent : state.volume + intent.to.delta
      return engine.setVolume(Math.min(Math.max(wanted, 0), 100))
    }
    case 'mute':
      return engine.setMuted(intent.to === 'toggle' ? !state.muted : intent.to)
    case 'shuffle':
      return engine.setShuffle(intent.to === 'toggle' ? !state.shuffle : intent.to, signal)
    case 'repeat': {
      const toggled = state.repeat === 'all' ? 'off' : 'all'
      return engine.setRepeat(intent.to === 'toggle' ? toggled : intent.to, signal)
    }
    case 'restore':
      return engine.restore(intent.sessionId, signal)
    case 'play':
      return play(intent, undefined, agent, signal)
    case 'preset':
      return play(decodePlay(agent.presets.named(intent.name).play), intent.name, agent, signal)
    case 'preset_save': {
      const { id, searchType, containerIds } = decodePlay(intent.preset.play)
      if (id !== undefined) agent.playParamsOf({ id, type: searchType, containerIds })
      agent.presets.save(intent.preset)
      return
    }
    case 'preset_delete':
      agent.presets.delete(intent.name)
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
  intent: PlayIntent,
  preset: string | undefined,
  agent: Agent,
  signal: AbortSignal,
): Promise<void> {
  const { play: params, context } = await whatToPlay(intent, agent, signal)
  if (intent.enqueue !== 'replace' && agent.engine.state.entity !== undefined) {
    return agent.engine.enqueue(params, intent.enqueue, signal)
  }
  const request: PlayRequest = {
    play: params,
    options: {
      ...(intent.shuffle === undefined ? {} : { shuffle: intent.shuffle }),
      ...(intent.repeat === undefined ? {} : { loop: intent.repeat }),
      ...(intent.station === undefined ? {} : { startAsStation: intent.station }),
      ...(intent.autoplay === undefined ? {} : { autoplay: intent.autoplay }),
    },
    context,
    ...(preset === undefined ? {} : { preset }),
  }
  return agent.engine.play(request, signal, intent.takeOver)
}

async function whatToPlay(
  { id, query, searchType, containerIds }: PlayIntent,
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
