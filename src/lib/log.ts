import { pino, type Logger } from 'pino'

import { toAppError } from './errors.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * The fields of a log line: flat values only. An object of a library does not fit this type, so it cannot be
 * logged: errors of got and mqtt hold tokens.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Log {
  trace(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log under the name of a part of the agent. */
  child(name: string): Log
}

/** One logged line, for other outputs (MQTT topic `log`). */
export interface LogLine {
  readonly level: LogLevel
  readonly name: string
  readonly msg: string
  readonly fields: LogFields
}

export interface LogOptions {
  readonly level: LogLevel
  /** Receives each line with its line feed: JSON, or plain text when `pretty`. */
  readonly write: (line: string) => void
  /** For a terminal. */
  readonly pretty?: boolean
  /** For systemd's journal: each line begins with its priority, `<3>` for an error (sd-daemon(3)). */
  readonly journal?: boolean
  /** Called with every line, whatever `level` is. Must not log. */
  readonly onLine?: (line: LogLine) => void
}

/** Code, message and facts of any thrown value, fit for a log line. For a fault, also where it was thrown. */
export function errorFields(error: unknown): LogFields {
  const appError = toAppError(error)
  const { code, message, facts, retryAfterMs } = appError
  const stack = code === 'internal/fault' ? stackFrames(appError.cause ?? appError) : undefined
  return {
    code,
    error: message,
    ...facts,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(stack === undefined ? {} : { stack }),
  }
}

const mostFrames = 5

/**
 * `at f (/x/run.cjs:1:2)`, `at async run.cjs:1:2`, `at new X (node:net:1:2)`: no part of a message looks like
 * this.
 */
const frameForm = /^ {4}at (?:((?:(?:async|new|get|set) )?[\w$.<>#[\] ]+) \()?([^()]*):(\d+):(\d+)\)?$/

/**
 * The first frames of a stack, without the message, which may hold secrets, and without the folders of the
 * files.
 */
function stackFrames(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined
  const frames = error.stack
    .split('\n')
    .map((line) => frameForm.exec(line))
    .filter((frame) => frame !== null)
    .slice(0, mostFrames)
    .map(([, name, file = '', line, column]) => {
      const place = `${file.replace(/^(?:async )?.*[\\/]/, '')}:${line}:${column}`
      return name === undefined ? place : `${name} (${place})`
    })
  return frames.length === 0 ? undefined : frames.join(' < ')
}

export function createLog(options: LogOptions): Log {
  const { pretty = false, journal = false } = options
  const write = (line: string): void => {
    options.write((journal ? journalPrefix(line) : '') + (pretty ? prettyLine(line) : line))
  }
  const root: Logger = pino(
    { level: options.level, base: null, formatters: { level: (label) => ({ level: label }) } },
    { write },
  )
  return named(root, 'agent', options.onLine)
}

type PinoLevel = Exclude<LogLevel, 'silent' | 'fatal'>

function named(root: Logger, name: string, onLine: LogOptions['onLine']): Log {
  const own = root.child({ name })
  const at =
    (level: PinoLevel) =>
    (message: string, fields: LogFields = {}) => {
      own[level](unclashed(fields), message)
      onLine?.({ level, name, msg: message, fields })
    }
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (childName) => named(root, childName, onLine),
  }
}

/** Priorities of syslog (sd-daemon(3)), by level. */
const priorities: Readonly<Record<string, number>> = { fatal: 2, error: 3, warn: 4, info: 6 }
const lowestPriority = 7

/** pino writes the level first. */
function journalPrefix(json: string): string {
  const [, level = ''] = /^\{"level":"(\w+)"/.exec(json) ?? []
  return `<${priorities[level] ?? lowestPriority}>`
}

/** pino writes a field twice rather than refuse a name of its own, and JSON parsers take the second. */
function unclashed(fields: LogFields): LogFields {
  if (!ownKeys.some((key) => Object.hasOwn(fields, key))) return fields
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [ownKeys.includes(key) ? `${key}_` : key, value]),
  )
}

const ownKeys = ['level', 'time', 'name', 'msg']

function prettyLine(json: string): string {
  const { level, time, name, msg, ...fields } = JSON.parse(json) as Record<string, unknown>
  const at = new Date(Number(time)).toISOString().slice(11, 19)
  const facts = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return [at, String(level).padEnd(5), `${String(name)}:`, String(msg), ...facts].join(' ') + '\n'
}
