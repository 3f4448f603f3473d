import type { Topics } from '../bridge/topics.ts'
import type { Clock } from '../lib/clock.ts'
import type { Liveness } from '../lib/liveness.ts'
import type { Log } from '../lib/log.ts'
import type { SaveRetry } from '../lib/storage/save-retry.ts'
import type { DateJudge } from '../lib/wall-clock.ts'
import { createBroker } from '../mqtt/broker.ts'
import type { Broker } from '../mqtt/types.ts'
import type { Settings } from '../settings/table.ts'
import { brokerPlace } from './broker-place.ts'
import { buildName, type NamePart } from './device/name-parts.ts'
import type { AgentEvents } from './events.ts'
import type { HomeAssistantPlaces } from './home-assistant-parts.ts'

export interface BrokerPartsOptions {
  readonly settings: Settings
  readonly deviceId: string
  readonly topics: Topics
  readonly places: () => HomeAssistantPlaces
  readonly events: AgentEvents
  readonly saveRetry: SaveRetry
  readonly liveness: Liveness
  readonly clock: Clock
  readonly dates: Pick<DateJudge, 'judge' | 'timesSet'>
  readonly random: () => number
  readonly log: Log
}

/**
 * Builds the connection to the broker and the name of this device there: each needs the other. Topics are
 * getters, read at each connection, because the name may change.
 *
 * @param life aborts pending waits
 */
export function buildBroker(
  options: BrokerPartsOptions,
  life: AbortSignal,
): { readonly broker: Broker; readonly name: NamePart } {
  const { settings, deviceId, topics, places, events, saveRetry, liveness, clock, dates, random, log } =
    options
  const broker = createBroker({
    ...brokerPlace(settings),
    clientId: settings.mqttClientId ?? `a2m-${deviceId}`,
    get availabilityTopic() {
      return topics.of('availability')
    },
    get subscriptions() {
      return topics.commandFilters
    },
    get extraSubscriptions() {
      return places().subscriptions
    },
    get claim() {
      return name.claim
    },
    clock,
    dates,
    random,
    log,
    heartbeat: liveness.join('broker'),
    onMessage: events.brokerMessage.emit,
    onConnected: events.brokerConnected.emit,
    onDisconnected: events.brokerDisconnected.emit,
    onRefused: (topic, error) => events.brokerRefused.emit({ topic, error }),
  })
  const name = buildName(
    { settings, deviceId, topics, broker, saveRetry, clock, log, onRenamed: events.renamed.emit },
    life,
  )
  return { broker, name }
}
