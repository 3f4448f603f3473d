import { test } from 'node:test'

import {
  noMosquitto,
  startMosquitto,
  type Mosquitto,
  type MosquittoOptions,
} from '../../support/mqtt/mosquitto.ts'
import { startGateway, type Gateway } from './broker-proxy.ts'

export interface Peer {
  readonly mosquitto: Mosquitto
  /** What the agent connects to: a broker that speaks 5, or one that only speaks 3.1.1. */
  readonly gateway: Gateway
  readonly version: 4 | 5
}

/** One test per MQTT version, each with a broker of its own. */
export function testBothVersions(
  name: string,
  body: (peer: Peer) => Promise<void>,
  options: MosquittoOptions = {},
): void {
  for (const version of [5, 4] as const) {
    test(
      `${name} (MQTT ${version === 5 ? '5' : '3.1.1'})`,
      { skip: noMosquitto, timeout: 60_000 },
      async () => {
        await using mosquitto = await startMosquitto(options)
        await using gateway = await startGateway(
          mosquitto.url,
          version === 4 ? { refuseVersion5: 'said' } : {},
        )
        await body({ mosquitto, gateway, version })
      },
    )
  }
}
