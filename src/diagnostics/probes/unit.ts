import { AppError } from '../../lib/errors.ts'
import { failure, type Say } from '../finding.ts'
import { runProgram, type ProgramPlace } from '../run-program.ts'

export const unitName = 'amazonmusic2mqtt.service'

const asked = [
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'Result',
  'NRestarts',
  'StatusText',
  'ExecMainStatus',
] as const

/** Reports the state of the service in systemd. */
export async function probeUnit(place: ProgramPlace, say: Say, signal: AbortSignal): Promise<void> {
  const name = 'service'
  const args = asked.flatMap((property) => ['-p', property])
  const result = await runProgram(place, ['systemctl', 'show', unitName, ...args], 4_000, signal)
  const unit = result.kind === 'ended' && result.code === 0 ? decodeShow(result.stdout) : undefined
  if (unit === undefined) say({ mark: 'info', name, words: 'systemd does not run here' })
  else for (const finding of judgeUnit(unit)) say(finding)
}

/** Whether a drop-in passes the broker's password to the service as a credential (systemd.exec(5)). */
export async function hasPasswordCredential(place: ProgramPlace, signal: AbortSignal): Promise<boolean> {
  const result = await runProgram(place, ['systemctl', 'cat', unitName], 3_000, signal)
  return result.kind === 'ended' && /^LoadCredential(Encrypted)?=mqtt-password\b/m.test(result.stdout)
}

/** Parses the `KEY=value` lines of `systemctl show`. */
export function decodeShow(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=')
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const]
    }),
  )
}

export function judgeUnit(unit: ReadonlyMap<string, string>): readonly Parameters<Say>[0][] {
  const value = (key: string): string => unit.get(key) ?? ''
  const name = 'service'
  const loaded = value('LoadState')
  if (loaded === 'not-found') return [{ mark: 'info', name, words: `there is no ${unitName}` }]
  if (loaded !== 'loaded') {
    const remedy = `systemctl status ${unitName} says why.`
    return [{ mark: 'warn', name, words: `${unitName} is ${loaded || 'not told'}`, remedy }]
  }
  const words =
    `${value('ActiveState')} (${value('SubState')}), at boot: ${value('UnitFileState') || 'not told'}, ` +
    `result ${value('Result')}, exit code ${value('ExecMainStatus')}, started again ${value('NRestarts')} times`
  return [
    stateOf(value('ActiveState'), value('ExecMainStatus'), words),
    ...(value('StatusText') === ''
      ? []
      : [{ mark: 'info', name: 'it says', words: withoutCode(value('StatusText')) } as const]),
  ]
}

function stateOf(active: string, exitCode: string, words: string): Parameters<Say>[0] {
  const name = 'service'
  if (active === 'active') return { mark: 'ok', name, words }
  if (active === 'failed') {
    // 78 of sysexits.h: the agent exits with it when settings are unusable.
    const code = exitCode === '78' ? 'settings/invalid' : 'internal/fault'
    const finding = failure(name, new AppError(code, words))
    if (code === 'settings/invalid') return finding
    return { ...finding, remedy: `What it said is below, and in journalctl -u ${unitName}.` }
  }
  return { mark: 'warn', name, words, remedy: `sudo systemctl enable --now ${unitName}` }
}

/** Hides the pending code: whoever has it can sign the device in to their own account. */
function withoutCode(status: string): string {
  return status.replace(/^(Waiting for sign-in: \S+ )\S+/, '$1[code]')
}
