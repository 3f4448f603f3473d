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
  /** Shows the sign-in on all displays. */
  readonly login: LoginDisplay
  /** The displays that are files; removed when the agent ends. */
  readonly files: readonly FiledDisplay[]
  /** @param page the page that the service wants the user to see; undefined: no longer */
  readonly showPage: (page: PageToOpen | undefined) => void
}

/** Builds the displays of the sign-in and of the service's pages: topics, log, files, terminal. */
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
