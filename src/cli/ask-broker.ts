import { AppError } from '../lib/errors.ts'
import type { DateJudge } from '../lib/wall-clock.ts'
import { createTopics } from '../bridge/topics.ts'
import { probeBroker } from '../mqtt/probe.ts'
import { brokerPlace, brokerSettings } from '../app/broker-place.ts'
import type { Settings } from '../settings/table.ts'
import type { Runtime } from '../app/runtime.ts'

/** What {@link askBroker} has to know. */
export const askedSettings = [...brokerSettings, 'baseTopic', 'deviceName'] as const

/** A device for Home Assistant in one message is 16 to 21 kB, by the length of its names; the queue is smaller. */
const discoveryBytes = 25_000
/** The largest cover. */
const coverBytes = 200_000

export interface BrokerAnswer {
  /** MQTT's protocol level. */
  readonly version: 4 | 5
  /** What will not work, and what to do about it. */
  readonly notice?: string
}

/**
 * Connects to the broker of the settings once, under a client id of its own, publishes messages as large as the agent's on
 * topic `check` of the device, and leaves.
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
  // A broker that wants certain ids wants them to begin so. The agent's own would throw the running agent out.
  const clientId = `${settings.mqttClientId ?? 'a2m'}-check-${mark}`
  // Among the topics that the agent may write. A last will on `availability` would call a running agent offline.
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
