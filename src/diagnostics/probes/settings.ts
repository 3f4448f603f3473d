import { statSync } from 'node:fs'
import { parseEnv } from 'node:util'

import { toAppError } from '../../lib/errors.ts'
import { withoutSecrets } from '../../lib/http/secure-url.ts'
import type { GivenText } from '../../settings/given-text.ts'
import type { Environment, Facts, Setting } from '../../settings/setting.ts'
import type { LineProblem } from '../../settings/settings-file.ts'
import type { Say } from '../finding.ts'

export interface SettingsFacts {
  readonly table: readonly Setting<unknown>[]
  /** Values of flags, by environment variable. */
  readonly flags: Readonly<Record<string, string>>
  readonly env: Environment
  readonly facts: Facts
  /** Whether the value is a command line. Its arguments often contain passwords. */
  readonly isCommandLine: (setting: Setting<unknown>) => boolean
  /** Reads all settings as the agent does. @returns notices @throws AppError `settings/invalid` */
  readonly readAll: () => readonly string[]
  readonly givenText: (setting: Setting<unknown>, env: Environment, flag: string | undefined) => GivenText
  /** Lines of a settings file that systemd and Node.js read differently. */
  readonly lineProblems: (text: string) => readonly LineProblem[]
  /** The settings file of the package. */
  readonly file: string
}

const mostRows = 24
const mostLines = 5

/**
 * Reports each setting that differs from its default, its value unless secret, its origin, and what is wrong
 * with it.
 */
export function probeSettings(facts: SettingsFacts, say: Say): void {
  const content = sayFile(facts, say)
  try {
    const notices = facts.readAll()
    say({ mark: 'ok', name: 'all of them', words: 'usable' })
    for (const words of notices) say({ mark: 'warn', name: 'to know', words })
  } catch (error) {
    // With several problems, the first line of the message only counts them.
    const { message, code, remedy } = toAppError(error)
    const [head = '', ...problems] = message.split('\n').map((line) => line.trim())
    const all = problems.length === 0 ? [head] : problems
    for (const words of all) say({ mark: 'FAIL', name: 'not usable', words, code, remedy })
  }
  const rows = facts.table.flatMap((setting) => rowOf(setting, facts, content))
  for (const words of rows.slice(0, mostRows)) say({ mark: 'info', name: 'set', words })
  if (rows.length > mostRows)
    say({ mark: 'info', name: 'set', words: `and ${rows.length - mostRows} more settings` })
  if (rows.length === 0) say({ mark: 'info', name: 'set', words: 'nothing differs from the defaults' })
}

/** Reports on the settings file. @returns its content; undefined when it cannot be read */
function sayFile({ file, facts, lineProblems }: SettingsFacts, say: Say): Environment | undefined {
  const name = 'settings file'
  try {
    const { mode, uid, gid } = statSync(file)
    const text = `${file}, mode ${modeText(mode)}, user ${uid}, group ${gid}`
    if ((mode & 0o007) !== 0) {
      const remedy = `It may hold the broker's password: chmod 640 ${file}`
      say({ mark: 'warn', name, words: `${text}: everybody here can read it`, remedy })
    } else {
      say({ mark: 'info', name, words: text })
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'failed'
    say({ mark: 'info', name, words: `${file}: ${code === 'ENOENT' ? 'not there' : code}` })
    return undefined
  }
  try {
    const text = facts.readFile(file)
    const remedy = 'The service and its commands do not agree on that line: write it as said.'
    for (const { line, reason } of lineProblems(text).slice(0, mostLines)) {
      say({ mark: 'warn', name, words: `line ${line}: ${reason}`, remedy })
    }
    return parseEnv(text)
  } catch {
    const remedy = 'Ask again with sudo, so that its settings are in force here too.'
    say({ mark: 'warn', name, words: 'cannot be read by this user', remedy })
    return undefined
  }
}

function rowOf(
  setting: Setting<unknown>,
  { env, flags, facts, isCommandLine, givenText }: SettingsFacts,
  file: Environment | undefined,
): readonly string[] {
  const { env: name } = setting
  const { text } = givenText(setting, env, flags[name])
  if (text === undefined || text === setting.fallback(env, facts)) return []
  const inFile = file?.[name]
  const from =
    flags[name] !== undefined
      ? 'flag'
      : inFile === undefined
        ? 'environment'
        : inFile === env[name]
          ? 'settings file'
          : 'environment, stronger than the settings file'
  return [`${name}=${shown(setting, text, isCommandLine(setting))} (${from})`]
}

/** The value as it may be shown. Does not show invalid values: they may be secrets in the wrong place. */
function shown(setting: Setting<unknown>, text: string, isCommandLine: boolean): string {
  if (setting.secret) return '[secret]'
  const parsed = setting.parse(text)
  if (!parsed.ok) return '[not usable, so not shown]'
  if (setting.env.endsWith('_USERNAME')) return '[set, not shown]'
  if (isCommandLine && Array.isArray(parsed.value)) {
    const [program = '', ...args] = parsed.value as readonly string[]
    return args.length === 0 ? program : `${program} [${args.length} arguments, not shown]`
  }
  if (setting.shortened) return `…${text.slice(-6)}`
  if (parsed.value instanceof URL) return withoutSecrets(parsed.value)
  return text
}

/** `0640` */
export function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}

/** The finding of a probe that needs settings that are unusable. The section Settings explains why, once. */
export function withoutSettings(name: string, which: string): Parameters<Say>[0] {
  return { mark: 'warn', name, words: `not tried without ${which}: see Settings` }
}
