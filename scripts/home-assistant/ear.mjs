import { once } from 'node:events'

import { connect } from 'mqtt'

import { within } from '../bench/processes.mjs'

/** Who listens on the broker, beside Home Assistant, and commands the agent as other programmes do. */
export async function connectEar(url, prefix) {
  const client = connect(url, { protocolVersion: 5, reconnectPeriod: 200 })
  client.on('error', () => undefined)
  /** The last message by topic. */
  const last = new Map()
  client.on('message', (topic, payload) => last.set(topic, payload))
  await within('the broker', once(client, 'connect'), 10_000)
  await client.subscribeAsync(['homeassistant/#', `${prefix}/#`], { qos: 1 })
  return {
    /** @returns {string | undefined} what the agent said last on one of its topics */
    text: (name) => last.get(`${prefix}/${name}`)?.toString('utf8'),
    /** As {@link text}, of what is no text; undefined when there is nothing. */
    bytes: (name) => {
      const payload = last.get(`${prefix}/${name}`)
      return payload === undefined || payload.length === 0 ? undefined : payload
    },
    /** As {@link text}, of JSON. */
    json: (name) => JSON.parse(last.get(`${prefix}/${name}`)?.toString('utf8') || 'null'),
    /** Topic and payload of the device's announcement; a payload of zero bytes is none. */
    announcement() {
      const found = [...last].find(([topic]) => /^homeassistant\/device\/[^/]+\/config$/.test(topic))
      if (found === undefined || found[1].length === 0) return undefined
      return { node: found[0].split('/')[2], payload: JSON.parse(found[1].toString('utf8')) }
    },
    /** How many components have a message of their own. */
    singles: () =>
      [...last].filter(
        ([topic, { length }]) =>
          /^homeassistant\/(?!device\/)[^/]+\/[^/]+\/[^/]+\/config$/.test(topic) && length > 0,
      ).length,
    /** Forgets what was said, as a broker does that restarts. */
    forget: () => last.clear(),
    send: (name, payload) => client.publishAsync(`${prefix}/${name}`, payload, { qos: 1 }),
    end: () => client.endAsync(true),
  }
}
