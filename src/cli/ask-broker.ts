import type { DateJudge } from '../lib/wall-clock.ts'
import { probeBroker } from '../mqtt/probe.ts'
import { brokerPlace, type brokerSettings } from '../app/broker-place.ts'
import type { Settings } from '../settings/table.ts'
import type { Runtime } from '../app/runtime.ts'

/**
 * Connects to the broker of the settings once, under a name of its own, and leaves.
 *
 * @param signal ends it at once
 * @returns MQTT's protocol level
 * @throws AppError `mqtt/*`, `net/*`
 */
export async function askBroker(
  settings: Pick<Settings, (typeof brokerSettings)[number]>,
  { clock, random }: Pick<Runtime, 'clock' | 'random'>,
  dates: DateJudge,
  signal: AbortSignal,
): Promise<4 | 5> {
  const mark = Math.floor(random() * 1e9).toString(36)
  // A broker that wants certain ids wants them to begin so. The agent's own would throw the running agent out.
  const clientId = `${settings.mqttClientId ?? 'a2m'}-check-${mark}`
  // Left in peace: a will is only sent for a connection that is lost, and this one says goodbye.
  const availabilityTopic = `${clientId}/availability`
  return probeBroker({ ...brokerPlace(settings), clientId, availabilityTopic, clock, dates }, signal)
}
