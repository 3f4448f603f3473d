import type { AccountState } from '../account/account-state.ts'
import { detach } from '../lib/async/tasks.ts'
import type { LogLevel } from '../lib/log.ts'
import type { DaemonLog } from './daemon-log.ts'
import type { Parts } from './parts.ts'

export interface WiringOptions {
  readonly daemonLog: Pick<DaemonLog, 'publishTo'>
  /** Minimum level of lines for topic `log`. */
  readonly mqttLogLevel: LogLevel | 'off'
  readonly onAccount: (state: AccountState) => void
  /** Aborts background tasks. */
  readonly life: AbortSignal
}

/** Connects the parts, once all are built: which part handles which event, and in which order. */
export function connectParts(
  parts: Parts,
  { daemonLog, mqttLogLevel, onAccount, life }: WiringOptions,
): void {
  connectAccount(parts, onAccount, life)
  connectPlayback(parts)
  connectBroker(parts)
  connectBridge(parts)
  connectDevice(parts)
  daemonLog.publishTo(parts.bridge.logLine, mqttLogLevel)
}

function connectAccount(parts: Parts, onAccount: (state: AccountState) => void, life: AbortSignal): void {
  const { events, account, owner, login, bridge, service, engine, health } = parts
  events.accountChanged.subscribe((state) => {
    // First: no data of another account may be shown or sent by what follows.
    if (state.identity !== undefined) owner.signedIn(state.identity)
    login.show(state.login)
    onAccount(state)
    bridge.accountChanged()
    service?.changed()
    if (state.identity === undefined) detach(engine.accountLost(), life, () => undefined)
  })
  events.accountEvent.subscribe((event) => {
    if (event.type === 'token_refreshed') health.tokenRefreshed()
    bridge.accountEvent(event)
  })
  events.signedOut.subscribe(() => owner.signedOut())
  events.serviceCalled.subscribe((failure) => bridge.serviceCalled(failure))
  login.show(account.state.login)
}

function connectPlayback({ events, bridge, service, homeAssistant }: Parts): void {
  events.playbackChanged.subscribe(() => {
    bridge.playbackChanged()
    service?.changed()
  })
  events.playbackEvent.subscribe((event) => bridge.playbackEvent(event))
  events.playerProblem.subscribe((problem) => {
    bridge.playerProblem(problem)
    service?.playerChanged(problem)
  })
  events.presetsChanged.subscribe(() => homeAssistant.presetsChanged())
}

function connectBroker({ events, name, homeAssistant, bridge, service }: Parts): void {
  events.brokerMessage.subscribe((message) => {
    name.receive(message)
    bridge.receive(homeAssistant.receive(message))
  })
  events.brokerConnected.subscribe(() => {
    name.connected()
    homeAssistant.connected()
    service?.brokerChanged(undefined)
  })
  events.brokerDisconnected.subscribe((problem) => {
    name.disconnected()
    service?.brokerChanged(problem)
  })
  events.brokerRefused.subscribe(({ topic, error }) => homeAssistant.refused(topic, error))
  events.renamed.subscribe((problem) => {
    homeAssistant.renamed()
    bridge.renamed(problem)
  })
}

function connectBridge({ bridge, hooks, homeAssistant, showPage, service }: Parts): void {
  bridge.events.subscribe((event) => hooks?.tell(event))
  bridge.states.subscribe((state) => homeAssistant.state(state))
  bridge.covers.subscribe((cover) => homeAssistant.cover(cover))
  bridge.births.subscribe(() => homeAssistant.born())
  bridge.pages.subscribe((page) => {
    showPage(page)
    service?.pageChanged(page)
  })
}

/** The clock and the disk of the device. */
function connectDevice(parts: Parts): void {
  const { events, account, broker, engine, parallelCommands, bridge, saveRetry, volatile } = parts
  events.clockSet.subscribe((byMs) => {
    account.clockSet(byMs)
    broker.retryNow()
    engine.clockSet(byMs)
    parallelCommands.sleepTimer.clockSet(byMs)
    bridge.clockSet(byMs)
  })
  events.saveProblem.subscribe((problem) => bridge.stateProblem(problem ?? volatile))
  bridge.stateProblem(saveRetry.problem ?? volatile)
}
