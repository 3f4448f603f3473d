import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

import { connect } from 'mqtt'

import { within } from './processes.mjs'
import { nowMs } from './stats.mjs'

/**
 * One message as it came. `bytes` is its whole PUBLISH packet, which is as long as the one that the agent sent.
 *
 * @typedef {{ topic: string, payload: Buffer, atMs: number, bytes: number }} Heard
 */

/**
 * Hears all that is published at the broker.
 *
 * @param {boolean} [storedToo] what the broker has stored already is among it
 */
export async function listen(url, storedToo = false) {
  const client = connect(url, { protocolVersion: 5, clientId: 'bench-listener', reconnectPeriod: 0 })
  await within('the listener', once(client, 'connect'), 10_000)
  client.stream.setNoDelay(true)
  /** @type {Heard[]} */
  let heard = []
  let lastMs = nowMs()
  client.on('message', (topic, payload, { retain, length }) => {
    if (retain && !storedToo) return
    lastMs = nowMs()
    heard.push({ topic, payload, atMs: lastMs, bytes: packetBytes(length) })
  })
  await client.subscribeAsync('#', { qos: 1 })

  return {
    /** All since the last time this was asked. */
    take() {
      const taken = heard
      heard = []
      return taken
    },
    /** Resolves once nothing has come for `ms`. */
    async quiet(ms) {
      for (let left = ms; left > 0; left = lastMs + ms - nowMs()) await sleep(left)
    },
    /** Resolves with the first message heard, now or before, that `isIt`. */
    async until(isIt) {
      for (;;) {
        const found = heard.find(isIt)
        if (found !== undefined) return found
        await sleep(20)
      }
    },
    end: () => client.endAsync(true),
  }
}

/** @returns topic and payload of all that a new subscriber finds at the broker */
export async function retainedAt(url) {
  const client = connect(url, { protocolVersion: 5, reconnectPeriod: 0 })
  await within('a look at the broker', once(client, 'connect'), 10_000)
  const found = new Map()
  client.on('message', (topic, payload, { retain }) => retain && found.set(topic, payload))
  await client.subscribeAsync('#', { qos: 1 })
  // They come in one go; what is published meanwhile comes without the flag.
  for (let size = -1; size !== found.size; await sleep(300)) size = found.size
  await client.endAsync(true)
  return [...found].map(([topic, payload]) => ({ topic, payload }))
}

/** MQTT 5, 2.1: one byte, then the length of the rest in one byte for each 7 bits. */
function packetBytes(restLength) {
  let bytes = 2
  for (let rest = restLength >> 7; rest > 0; rest >>= 7) bytes++
  return bytes + restLength
}
