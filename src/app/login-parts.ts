import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Broker } from '../mqtt/types.ts'
import type { Topics } from '../bridge/topics.ts'
import { showOnAll, type FiledDisplay, type LoginDisplay, type PageToOpen } from '../login-display/display.ts'
import { createLogDisplay } from '../login-display/log-display.ts'
import { createLoginFile } from '../login-display/login-file.ts'
import { createLoginPrompt } from '../login-display/login-prompt.ts'
import { createMqttDisplay } from '../login-display/mqtt-display.ts'
import { blocksFor, createTerminalDisplay } from '../login-display/terminal-display.ts'
import type { Settings } from '../settings/table.ts'
import type { Runtime } from './runtime.ts'
import { createPages } from './pages.ts'

export interface LoginPartsOptions {
  readonly settings: Settings
  readonly runtime: Runtime
  readonly broker: Broker
  readonly topics: Topics
  readonly clock: Clock
  readonly log: Log
}

export interface LoginParts {
  /** Everywhere a person may see the sign-in. */
  readonly login: LoginDisplay
  /** Those of them that are files, and end with the agent. */
  readonly files: readonly FiledDisplay[]
  /** The page that the service wants the user to see; undefined: none any more. */
  readonly showPage: (page: PageToOpen | undefined) => void
}

/** Where the sign-in, and a page of the service, are shown on this device: topics, log, files and a terminal. */
export function buildLoginDisplays(options: LoginPartsOptions): LoginParts {
  const { settings, runtime, broker, topics, clock, log } = options
  const { stdout } = runtime
  const onTopics = createMqttDisplay({
    retain: (name, payload, contentType) =>
      broker.retain(topics.of(name), payload, contentType === undefined ? {} : { contentType }),
    log,
  })
  const inTerminal =
    stdout.isTTY === true
      ? [createTerminalDisplay({ terminal: stdout, blocks: blocksFor(runtime.env), clock })]
      : []
  const inLog = createLogDisplay(log, clock)
  const files = [
    createLoginFile(settings.stateDir, log),
    createLoginPrompt({
      runtimeDirectory: runtime.env['RUNTIME_DIRECTORY'],
      device: settings.deviceName,
      log,
    }),
  ]
  return {
    login: showOnAll([onTopics, ...files, inLog, ...inTerminal]),
    files,
    showPage: createPages([onTopics, inLog, ...inTerminal], () => onTopics.clearPage()),
  }
}
