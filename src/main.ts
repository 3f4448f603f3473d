import { readFileSync } from 'node:fs'
import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'
import { homedir, hostname } from 'node:os'
import { isatty } from 'node:tty'

import { systemClock } from './lib/clock.ts'
import { outlivesHangup } from './lib/hangup.ts'
import { describeError, runCommand } from './cli/cli.ts'

// The only file that names `process`: it becomes values, and an outcome becomes an exit code.

/** One key press can arrive twice (npm hands Ctrl-C on, and conf's exit hook repeats a signal): no second signal. */
const sameSignalMs = 1_000
const hardExitMs = 10_000
/**
 * How long one address of a name may take to connect before the next one is tried. Node's own 250 ms give up a slow
 * path before the first repeated SYN (1 s), for ever. Two dead addresses leave room for a third within the limits of
 * the broker's connection (15 s) and of an exchange (10 s).
 */
const connectAttemptMs = 4_000

// For the whole process: MQTT.js has no option for its plain sockets.
setDefaultAutoSelectFamilyAttemptTimeout(
  Math.max(connectAttemptMs, getDefaultAutoSelectFamilyAttemptTimeout()),
)

// MQTT.js would take the broker's connection through it, and the bundle leaves its SOCKS client out.
delete process.env['MQTTJS_SOCKS_PROXY']

const stop = new AbortController()
let stoppedAtMs: number | undefined

function beginStop(): void {
  stoppedAtMs = systemClock.monotonicMs()
  stop.abort()
  // A part that does not end must not keep the process: systemd would only kill it later, and less politely.
  setTimeout(() => process.exit(70), hardExitMs).unref()
}

function onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  const nowMs = systemClock.monotonicMs()
  if (stoppedAtMs === undefined) {
    beginStop()
  } else if (nowMs - stoppedAtMs > sameSignalMs) {
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
}

const fault = new AbortController()
let isCommandRunning = true

// What a timer or a library's callback throws, and rejections that nobody handles. Node's own answer is exit code 1 and
// a stack on stderr, without a word in the log or to the broker. Further faults are most often consequences of the first.
process.on('uncaughtException', (error) => {
  process.exitCode = 70
  // Nobody is left to report it.
  if (!isCommandRunning) process.stderr.write(describeError(error))
  fault.abort(error)
  if (stoppedAtMs === undefined) beginStop()
})
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)
const goesOn = outlivesHangup([0, 1, 2].map(isatty), process.ppid)
process.on('SIGHUP', () => {
  if (!goesOn) onSignal('SIGHUP')
})
// A limit on file sizes is told by the failed write as well; conf's exit hook would make the signal deadly.
process.on('SIGXFSZ', () => undefined)
// A pager or a pipe that closes early is no fault of ours.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

/** A user id without an entry in passwd has none, where HOME says nothing. Libraries ask again when they are loaded. */
function findHome(): string {
  try {
    return homedir()
  } catch {
    process.env['HOME'] = '/'
    return '/'
  }
}
const homeDir = findHome()

/** Node notices that the variable is written to, and looks at /etc/localtime once it is gone. */
function rereadTimeZone(): void {
  process.env['TZ'] = 'UTC'
  delete process.env['TZ']
}

void runCommand(
  {
    argv: process.argv.slice(2),
    env: process.env,
    facts: {
      hostName: hostname(),
      homeDir,
      readFile: (path) => readFileSync(path, 'utf8'),
    },
    clock: systemClock,
    random: Math.random,
    stdout: process.stdout,
    stderr: process.stderr,
    rssBytes: () => process.memoryUsage.rss(),
    pid: process.pid,
    uptimeMs: () => process.uptime() * 1000,
    nodeVersion: process.version,
    ...(process.env['TZ'] === undefined ? { rereadTimeZone } : {}),
    fault: fault.signal,
    signalGroup(groupId, signal) {
      try {
        return process.kill(-groupId, signal)
      } catch (error) {
        // EPERM: it is there, and runs as somebody else.
        return (error as NodeJS.ErrnoException).code !== 'ESRCH'
      }
    },
  },
  stop.signal,
)
  .then((exitCode) => (process.exitCode = exitCode))
  .finally(() => (isCommandRunning = false))
