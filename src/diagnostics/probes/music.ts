import { AppError } from '../../lib/errors.ts'
import type { AgentAnswer } from '../agent-answer.ts'
import { isErrorCode } from '../../lib/error-codes.ts'
import { failure, type Say } from '../finding.ts'
import { sayReached, type Reached } from '../service-answer.ts'
import { withoutSettings } from './settings.ts'

export interface MusicFacts {
  readonly url: URL | undefined
  readonly reached: Promise<Reached> | undefined
  readonly agent: Promise<AgentAnswer>
}

/**
 * Checks whether the music service can be reached, and what it answers to the running agent: only the agent
 * has a token.
 */
export async function probeMusic({ url, reached, agent }: MusicFacts, say: Say): Promise<void> {
  const name = 'Amazon Music'
  if (url === undefined || reached === undefined) say(withoutSettings(name, 'A2M_MUSIC_URL'))
  else sayReached(name, url, await reached, say)
  const call = 'signed-in call'
  const { kind, music } = await agent
  if (kind !== 'runs') {
    say({ mark: 'info', name: call, words: 'not tried: only a running agent may use the sign-in' })
  } else if (music === undefined) {
    say({ mark: 'info', name: call, words: 'not tried: the running agent is of a version that cannot' })
  } else if (music.state === 'ok') {
    say({ mark: 'ok', name: call, words: 'a search through the running agent was answered' })
  } else if (music.state === 'untried') {
    say({ mark: 'info', name: call, words: 'not tried: the agent is not signed in' })
  } else {
    say(failure(call, new AppError(isErrorCode(music.code) ? music.code : 'internal/fault', music.message)))
  }
}
