import type { Clock } from '../../lib/clock.ts'
import type { AppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { SaveRetry } from '../../lib/storage/save-retry.ts'
import { openStoredFile } from '../../lib/storage/stored-file.ts'
import type { IncomingMessage } from '../../mqtt/message.ts'
import type { Broker, NameClaim } from '../../mqtt/types.ts'
import { DeviceName } from '../../bridge/identity/device-name.ts'
import { decodeFormerTopics, encodeFormerTopics, FormerTopics } from '../../bridge/identity/former-topics.ts'
import type { Topics } from '../../bridge/topics.ts'
import type { Settings } from '../../settings/table.ts'

export interface NameOptions {
  readonly settings: Pick<Settings, 'stateDir' | 'deviceName'>
  readonly deviceId: string
  readonly topics: Topics
  readonly broker: Broker
  readonly saveRetry: SaveRetry
  readonly clock: Clock
  readonly log: Log
  readonly onRenamed: (problem: AppError) => void
}

/** The current name of this device at the broker, and its former names. */
export interface NamePart {
  readonly claim: NameClaim
  receive(message: IncomingMessage): void
  connected(): void
  disconnected(): void
}

/** @param life aborts pending waits */
export function buildName(options: NameOptions, life: AbortSignal): NamePart {
  const { settings, deviceId, topics, broker, saveRetry, clock, log, onRenamed } = options
  const former = new FormerTopics({
    deviceId,
    topics,
    broker,
    log,
    store: openStoredFile({
      folder: settings.stateDir,
      name: 'topics',
      decode: decodeFormerTopics,
      encode: encodeFormerTopics,
      log,
      troubles: saveRetry,
    }),
  })
  const name = new DeviceName(
    {
      wanted: settings.deviceName,
      deviceId,
      topics,
      broker,
      clock,
      log,
      onRenamed(problem, before) {
        former.lost(before)
        onRenamed(problem)
      },
    },
    life,
  )
  return {
    claim: {
      get topics() {
        return [...name.topics, ...former.topics]
      },
      async holds() {
        const holds = await name.holds()
        if (holds) former.clear()
        return holds
      },
    },
    receive(message) {
      name.receive(message)
      former.receive(message)
    },
    connected: () => former.connected(),
    disconnected() {
      name.disconnected()
      former.disconnected()
    },
  }
}
