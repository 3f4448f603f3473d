import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { systemClock, type Clock } from '../../../src/lib/clock.ts'
import { createHooks, type Hooks } from '../../../src/hooks/hooks.ts'
import { eventually } from '../../support/eventually.ts'
import { logSink, type LogSink } from '../../support/log-sink.ts'
import { signalGroup } from '../../support/signal-group.ts'
import { tempFolder } from '../../support/temp-folder.ts'

export interface StageOptions {
  readonly clock?: Clock
  /** Default: {@link HookStage.program}. */
  readonly commandLine?: (program: string) => readonly string[]
  /** More of the environment, given the folder of {@link HookStage}. */
  readonly envOf?: (folder: string) => Readonly<Record<string, string>>
}

/** Hooks that run, and a folder in which their program leaves its traces (`$TRACES`). */
export interface HookStage {
  readonly hooks: Hooks
  readonly log: LogSink
  /** Where the program is looked for. */
  readonly program: string
  /** Makes it a script of sh. */
  write(script: string): void
  path(name: string): string
  /** What the program left in a file so far. */
  trace(name: string): string
  /** Its lines. */
  lines(name: string): readonly string[]
  /** Messages of the log at a level. */
  said(level: string): readonly string[]
  until(what: string, holds: () => boolean): Promise<void>
  /** The agent ends; resolves when the hooks have. */
  stop(): Promise<void>
}

export const timeoutMs = 10_000

/** Everything ends with the test. */
export function hookStage(t: TestContext, options: StageOptions = {}): HookStage {
  const { clock = systemClock, commandLine = (path: string) => [path], envOf = () => ({}) } = options
  const folder = tempFolder(t)
  const path = (name: string): string => join(folder, name)
  const program = path('hook')
  const log = logSink()
  const hooks = createHooks({
    commandLine: commandLine(program),
    timeoutMs,
    env: { PATH: process.env['PATH'], TRACES: folder, ...envOf(folder) },
    signalGroup,
    clock,
    log: log.log,
  })
  const end = new AbortController()
  const running = hooks.run(end.signal)
  const stop = async (): Promise<void> => {
    end.abort()
    await running
  }
  t.after(stop)
  const trace = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '')
  return {
    hooks,
    log,
    program,
    write(script) {
      writeFileSync(program, `#!/bin/sh\n${script}\n`)
      chmodSync(program, 0o755)
    },
    path,
    trace,
    lines: (name) => trace(name).split('\n').slice(0, -1),
    said: (level) =>
      log
        .lines()
        .filter((line) => line['level'] === level)
        .map(({ msg }) => String(msg)),
    async until(what, holds) {
      await eventually(what, holds, { seen: () => log.text() })
    },
    stop,
  }
}

/** Whether a process is there and not a zombie that nobody has collected. */
export function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/\) [ZX] /.test(stat)
  } catch {
    return false
  }
}
