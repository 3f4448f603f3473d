import type { Account } from '../account/account.ts'
import type { Clock } from '../lib/clock.ts'
import type { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import type { Liveness } from '../lib/liveness.ts'
import type { Broker } from '../mqtt/types.ts'
import type { PageToOpen } from '../login-display/display.ts'
import type { Engine } from '../playback/engine.ts'
import { createService } from '../systemd/service.ts'
import type { Settings } from '../settings/table.ts'
import type { Runtime } from './runtime.ts'

export interface ServicePartsOptions {
  readonly settings: Pick<Settings, 'mqttUrl'>
  readonly runtime: Pick<Runtime, 'env' | 'pid'>
  readonly account: Account
  readonly broker: Broker
  readonly engine: Engine
  readonly liveness: Liveness
  readonly clock: Clock
  readonly log: Log
}

/** Status notifications to systemd, and their inputs. */
export interface ServicePart {
  /** The account, the player or the playback may have changed. */
  changed(): void
  /** @param problem undefined: connected */
  brokerChanged(problem: AppError | undefined): void
  /** @param problem undefined: the player runs */
  playerChanged(problem: AppError | undefined): void
  pageChanged(page: PageToOpen | undefined): void
  run(signal: AbortSignal): Promise<void>
}

/** Undefined when systemd expects no notifications. */
export function buildService(options: ServicePartsOptions): ServicePart | undefined {
  const { settings, runtime, account, broker, engine, liveness, clock, log } = options
  let brokerProblem: AppError | undefined
  let playerProblem: AppError | undefined
  let page: PageToOpen | undefined
  const service = createService({
    env: runtime.env,
    pid: runtime.pid,
    liveness,
    facts: () => ({
      account: account.state,
      broker: { connected: broker.connected, host: settings.mqttUrl.host, problem: brokerProblem },
      playback: engine.state,
      page,
      playerProblem,
    }),
    clock,
    log,
  })
  if (service === undefined) return undefined
  return {
    changed: () => service.changed(),
    brokerChanged(problem) {
      brokerProblem = problem
      service.changed()
    },
    playerChanged(problem) {
      playerProblem = problem
      service.changed()
    },
    pageChanged(next) {
      page = next
      service.changed()
    },
    run: (signal) => service.run(signal),
  }
}
