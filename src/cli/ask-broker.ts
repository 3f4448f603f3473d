import { AppError } from '../lib/errors.ts'
import type { DateJudge } from '../lib/wall-clock.ts'
import { createTopics } from '../bridge/topics.ts'
import { probeBroker } from '../mqtt/probe.ts'
import { brokerPlace, brokerSettings } from '../app/broker-place.ts'
import type { Settings } from '../settings/table.ts'
import type { Runtime } from '../app/runtime.ts'

/** The settings that {@link askBroker} needs. */
export const askedSettings = [...brokerSettings, 'baseTopic', 'deviceName'] as const

/**
 * A Home Assistant device in one message takes 16 to 21 kB, depending on its names. The published queue is
 * smaller.
 */
const discoveryBytes = 25_000
/** The size of the largest cover. */
const coverBytes = 200_000

export interface BrokerAnswer {
  /** The MQTT protocol level: 4 is MQTT 3.1.1. */
  readonly version: 4 | 5
  /** What will not work, and how to fix it. */
  readonly notice?: string
}

/**
 * Connects to the configured broker under a client id of its own, publishes messages as large as the agent's
 * on the device's topic `check`, and disconnects.
 *
 * @param signal ends it at once
 * @throws AppError `mqtt/*`, `net/*`
 */
export async function askBroker(
  settings: Pick<Settings, (typeof askedSettings)[number]>,
  { clock, random }: Pick<Runtime, 'clock' | 'random'>,
  dates: DateJudge,
  signal: AbortSignal,
): Promise<BrokerAnswer> {
  const mark = Math.floor(random() * 1e9).toString(36)
  // Keep the agent's id as prefix: some brokers allow only ids with a certain prefix. The id itself would
  // disconnect a running agent.
  const clientId = `${settings.mqttClientId ?? 'a2m'}-check-${mark}`
  // A topic that the agent's ACL allows. It also receives the last will, which on `availability` would mark a
  // running agent as offline.
  const topic = createTopics(settings.baseTopic, settings.deviceName, [], []).of('check')
  const sizes = [discoveryBytes, coverBytes]
  const { version, refusedBytes } = await probeBroker(
    { ...brokerPlace(settings), clientId, topic, sizes, clock, dates },
    signal,
  )
  if (refusedBytes === discoveryBytes) {
    throw new AppError(
      'mqtt/too-large',
      `${settings.mqttUrl.host} lets the agent in and refuses messages of 25 kB: covers, long queues and Home Assistant's discovery in one message are left out`,
      { facts: { bytes: refusedBytes } },
    )
  }
  if (refusedBytes === undefined) return { version }
  const notice =
    "it refuses messages of 200 kB, so large covers are left out: raise the broker's limit (message_size_limit or max_packet_size in mosquitto) if you want them"
  return { version, notice }
}
