import { once } from 'node:events'

import { connect } from 'mqtt'

import { within } from './processes.mjs'
import { nowMs } from './stats.mjs'

/** Outside the agents' base topic, where they answer to nobody. */
const answers = 'bench-answers'

/**
 * Who sends the commands: one MQTT 5 client that matches answers to commands by their correlation data, and sees
 * when a device says that it is online.
 */
export async function connectSender(url) {
  const client = connect(url, { protocolVersion: 5, clientId: 'bench-sender', reconnectPeriod: 0 })
  await within('the sender', once(client, 'connect'), 10_000)
  // Not to wait for company on the way out: that would be the sender's delay, not the agent's.
  client.stream.setNoDelay(true)

  let sent = 0
  const waiting = new Map()
  const listeners = new Map()
  client.on('message', (topic, payload, { retain, properties }) => {
    const atMs = nowMs()
    if (topic !== answers) {
      if (!retain) listeners.get(topic)?.(payload.toString(), atMs)
      return
    }
    const number = properties.correlationData.readUInt32BE()
    const command = waiting.get(number)
    waiting.delete(number)
    command?.(payload, atMs)
  })
  await client.subscribeAsync([answers, 'bench/+/availability'], { qos: 1 })

  /** @returns {Promise<{ sentMs: number, answeredMs: number, payload: Buffer }>} */
  const command = (topic, payload) =>
    new Promise((resolve) => {
      const number = ++sent
      const correlationData = Buffer.alloc(4)
      correlationData.writeUInt32BE(number)
      const properties = { responseTopic: answers, correlationData }
      const sentMs = nowMs()
      waiting.set(number, (answer, answeredMs) => resolve({ sentMs, answeredMs, payload: answer }))
      client.publish(topic, payload, { qos: 1, properties })
    })

  return {
    command,
    /** Resolves with the time when `name` says that it is online; not by what the broker had stored. */
    online: (name) =>
      new Promise((resolve) => {
        const topic = `bench/${name}/availability`
        listeners.set(topic, (word, atMs) => {
          if (word !== 'online') return
          listeners.delete(topic)
          resolve(atMs)
        })
      }),
    /**
     * Sends `count` commands, never more than `window` unanswered.
     *
     * @param {(n: number) => [topic: string, payload: string]} make the n-th command
     * @returns every command's times, in the order of the answers
     */
    async series(count, window, make) {
      const done = []
      let next = 0
      const one = async () => {
        while (next < count) done.push(await command(...make(next++)))
      }
      await within(`${count} answers`, Promise.all(Array.from({ length: window }, one)), 30_000 + count * 50)
      return done
    },
    end: () => client.endAsync(true),
  }
}
