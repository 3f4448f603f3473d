import { toAppError, type AppError } from '../lib/errors.ts'
import { isCancellation } from '../lib/async/tasks.ts'
import { asJournalErrors, isJournal, stderrDescriptor } from '../systemd/journal.ts'
import { readSettings } from '../settings/read-settings.ts'
import { version } from '../version.ts'
import { parseArguments, type Arguments } from './arguments.ts'
import { exitCodes, helpText } from './help.ts'
import type { Runtime } from '../app/runtime.ts'

/**
 * Runs one command until it ends.
 *
 * @returns the exit code
 */
export async function runCommand(runtime: Runtime, signal: AbortSignal): Promise<number> {
  try {
    const args = parseArguments(runtime.argv)
    if (args.help) runtime.stdout.write(helpText())
    else if (args.version) runtime.stdout.write(`${version}\n`)
    else {
      const exitCode = await dispatch(args, runtime, signal)
      runtime.fault.throwIfAborted()
      return exitCode
    }
    return exitCodes.ok[0]
  } catch (thrown) {
    // After a fault, what the stopped command throws is only a consequence: report the fault.
    const error: unknown = runtime.fault.aborted ? runtime.fault.reason : thrown
    // Stopping on request is a success.
    if (signal.aborted && !runtime.fault.aborted && isCancellation(error)) return exitCodes.ok[0]
    const words = describeError(error)
    const inJournal = isJournal(runtime.env['JOURNAL_STREAM'], stderrDescriptor)
    runtime.stderr.write(inJournal ? asJournalErrors(words) : words)
    return exitCodeOf(toAppError(error))
  }
}

/** Loads a command's module on demand, so that `run` does not load what only `demo` needs. */
async function dispatch(args: Arguments, runtime: Runtime, signal: AbortSignal): Promise<number> {
  const sources = { env: runtime.env, flags: args.flags, facts: runtime.facts }
  switch (args.command) {
    case 'run': {
      const { runDaemon } = await import('../app/run.ts')
      await runDaemon(readSettings(sources), runtime, signal)
      return exitCodes.ok[0]
    }
    case 'login': {
      const { login } = await import('./commands/login.ts')
      return login(sources, runtime, signal)
    }
    case 'logout': {
      const { logout } = await import('./commands/logout.ts')
      return logout(sources, runtime, signal)
    }
    case 'status': {
      const { status } = await import('./commands/status.ts')
      return status(sources, runtime, signal)
    }
    case 'check': {
      const { check } = await import('./commands/check.ts')
      const { settingsOnly, settingsFile } = args
      return check({ sources, settingsOnly, settingsFile }, runtime, signal)
    }
    case 'doctor': {
      const { doctor } = await import('./commands/doctor.ts')
      return doctor({ sources, json: args.json }, runtime, signal)
    }
    case 'check-player': {
      const { checkPlayer } = await import('./commands/check-player.ts')
      return checkPlayer(args.program, runtime, signal)
    }
    case 'demo': {
      const { demo } = await import('./commands/demo.ts')
      return demo(args, runtime, signal)
    }
    case 'sandbox': {
      const { sandbox } = await import('./commands/sandbox.ts')
      return sandbox(args.sandbox, runtime, signal)
    }
  }
}

/** The message, the remedy, and the error code to look up. */
export function describeError(thrown: unknown): string {
  const error = toAppError(thrown)
  return `${error.message}\n${error.remedy}\n(${error.code})\n`
}

function exitCodeOf(error: AppError): number {
  if (error.code === 'usage/invalid') return exitCodes.usage[0]
  if (error.code === 'state/unwritable') return exitCodes.unwritable[0]
  if (error.code === 'account/denied') return exitCodes.denied[0]
  switch (error.kind) {
    case 'config':
      return exitCodes.settings[0]
    case 'unauthorized':
      return exitCodes.denied[0]
    case 'rejected':
    case 'throttled':
    case 'unavailable':
      return exitCodes.unavailable[0]
    case 'protocol':
    case 'internal':
      return exitCodes.internal[0]
  }
}
