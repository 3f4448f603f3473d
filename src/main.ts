import { readFileSync } from 'node:fs'
import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'
import { homedir, hostname } from 'node:os'
import { isatty } from 'node:tty'

import { systemClock } from './lib/clock.ts'
import { outlivesHangup } from './lib/hangup.ts'
import { describeError, runCommand } from './cli/cli.ts'

// The only file that names `process`: it passes the values on, and turns the outcome into an exit code.

/**
 * One key press can arrive twice (npm forwards Ctrl-C, and conf's exit hook repeats a signal): within this
 * time it counts as one signal.
 */
const sameSignalMs = 1_000
const hardExitMs = 10_000
/**
 * How long one address of a name may take to connect before the next one is tried. Node's default of 250 ms
 * gives up a slow path before the first repeated SYN (1 s), every time. Two dead addresses leave time for a
 * third within the limits of the broker's connection (15 s) and of an exchange (10 s).
 */
const connectAttemptMs = 4_000

// Set for the whole process: MQTT.js has no option for its plain sockets.
setDefaultAutoSelectFamilyAttemptTimeout(
  Math.max(connectAttemptMs, getDefaultAutoSelectFamilyAttemptTimeout()),
)

// MQTT.js would connect to the broker through this proxy, and the bundle does not contain its SOCKS client.
delete process.env['MQTTJS_SOCKS_PROXY']

const stop = new AbortController()
let stoppedAtMs: number | undefined

function beginStop(): void {
  stoppedAtMs = systemClock.monotonicMs()
  stop.abort()
  // A part that does not end must not keep the process alive: systemd would only kill it later, and harder.
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

// Errors thrown by timers and library callbacks, and unhandled rejections. Node's default is exit code 1 and
// a stack on stderr, with nothing in the log or at the broker. Further faults are mostly consequences of the
// first.
process.on('uncaughtException', (error) => {
  process.exitCode = 70
  // The command has ended, so nothing else reports it.
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
// A limit on file sizes shows as a failed write too. Without this listener conf's exit hook would end the
// process at the signal.
process.on('SIGXFSZ', () => undefined)
// A pager or a pipe that closes early is not an error.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

/**
 * The home folder. A user id without a passwd entry has none when HOME is not set. Libraries ask again when
 * they load, so HOME is then set for them.
 */
function findHome(): string {
  try {
    return homedir()
  } catch {
    process.env['HOME'] = '/'
    return '/'
  }
}
const homeDir = findHome()

/** Node notices that the variable is written, and reads /etc/localtime when it is gone. */
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
        // EPERM: the group exists, and runs as another user.
        return (error as NodeJS.ErrnoException).code !== 'ESRCH'
      }
    },
  },
  stop.signal,
)
  .then((exitCode) => (process.exitCode = exitCode))
  .finally(() => (isCommandRunning = false))
