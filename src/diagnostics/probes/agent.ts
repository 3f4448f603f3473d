import { AppError } from '../../lib/errors.ts'
import type { AgentAnswer } from '../agent-answer.ts'
import { isErrorCode } from '../../lib/error-codes.ts'
import { failure, type Say } from '../finding.ts'

/** Reports what the running agent says about itself. */
export async function probeAgent(answer: Promise<AgentAnswer>, version: string, say: Say): Promise<void> {
  const agent = await answer
  const name = 'agent'
  if (agent.kind === 'absent') {
    const remedy = 'sudo systemctl start amazonmusic2mqtt, or amazonmusic2mqtt run.'
    say({ mark: 'warn', name, words: 'none runs on this state folder', remedy })
    return
  }
  if (agent.kind === 'silent') {
    const { error } = agent
    if (error?.code === 'state/unwritable') {
      const remedy = "Ask again with sudo, or as the agent's own user."
      say({ mark: 'warn', name, words: 'this user may not ask it', remedy })
    } else if (error?.code === 'command/stopping') {
      say({ mark: 'info', name, words: error.message })
    } else {
      say(failure(name, error))
    }
    return
  }
  const other = agent.version !== undefined && agent.version !== version
  say({
    mark: other ? 'warn' : 'ok',
    name,
    words: other ? `runs, as version ${agent.version ?? ''}: another than this one` : 'runs',
    ...(other ? { remedy: 'Start it again, so that the new version runs.' } : {}),
  })
  sayAccount(agent, say)
  say({
    mark: agent.broker === 'connected' ? 'ok' : 'warn',
    name: 'its broker',
    words: agent.broker ?? 'not told',
  })
  const player = agent.player === undefined ? '' : `, player ${agent.player}`
  say({ mark: 'info', name: 'playback', words: `${agent.playback ?? 'not told'}${player}` })
  if (agent.health !== undefined) say({ mark: 'info', name: 'health', words: counts(agent.health) })
}

function sayAccount({ account, login }: AgentAnswer, say: Say): void {
  const name = 'account'
  if (account === undefined) return
  const waits = login === 'awaiting_user' ? '; a code waits to be used' : ''
  const words = `${account.state.replaceAll('_', ' ')}${waits}`
  if (account.state === 'signed_in') {
    say({ mark: 'ok', name, words })
    if (account.code === undefined) return
  }
  const { code, message } = account
  if (isErrorCode(code))
    say(failure(name, new AppError(code, `${words}: ${message ?? ''}`), markOf(account.state)))
  else if (account.state !== 'signed_in')
    say(failure(name, new AppError('account/signed-out', words), 'warn'))
}

/**
 * Only a wrong setting is a failure. The other states recover by themselves or wait for the user to scan a
 * code.
 */
function markOf(state: string): 'FAIL' | 'warn' {
  return state === 'needs_configuration' ? 'FAIL' : 'warn'
}

/** The counts that are not 0, in one line. */
function counts(health: Readonly<Record<string, unknown>>, prefix = ''): string {
  return Object.entries(health)
    .flatMap(([key, value]) => {
      const name = `${prefix}${key.replaceAll('_', ' ')}`
      if (typeof value === 'object' && value !== null) {
        const inner = counts(value as Readonly<Record<string, unknown>>, `${name} `)
        return inner === '' ? [] : [inner]
      }
      return typeof value === 'number' && value !== 0 ? [`${name} ${value}`] : []
    })
    .join(', ')
}
