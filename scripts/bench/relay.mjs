// The bare relay: what is left of the agent when everything but the way of a command is taken away. A request topic
// becomes one HTTP call and its body the answer; nothing is checked, nothing is kept. The bench bundles it as the
// build does the agent.
import { Agent } from 'node:http'

import got from 'got'
import { connect } from 'mqtt'

const { name, url, topics, api, headers } = JSON.parse(process.env.BENCH_RELAY)
const client = connect(url, { protocolVersion: 5, clientId: name, reconnectPeriod: 0 })
const http = got.extend({ agent: { http: new Agent({ keepAlive: true }) }, headers, retry: { limit: 0 } })

// As the agent: a small packet does not wait until the one before is acknowledged.
client.stream.setNoDelay(true)

client.on('connect', async () => {
  await client.subscribeAsync([topics.request, topics.set], { qos: 1 })
  client.publish(topics.availability, 'online', { qos: 1, retain: true })
})

client.on('message', async (topic, _payload, { properties }) => {
  const answer = topic === topics.request ? await http(api, { responseType: 'buffer' }) : { body: '{}' }
  client.publish(properties.responseTopic, answer.body, {
    qos: 1,
    properties: { correlationData: properties.correlationData },
  })
})
