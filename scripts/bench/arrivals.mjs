// Preloaded into the sandbox's process (node --import): notes when a request is there, by the machine's monotonic
// clock, before the sandbox has done anything about it. No proxy, so nothing is added to the way.
import { subscribe } from 'node:diagnostics_channel'

import { nowMs } from './stats.mjs'

const path = '/v1/playback/sessions/active'
let arrivals = []

subscribe('http.server.request.start', ({ request }) => {
  if (request.url === path) arrivals.push(nowMs())
})
// "How many of them, and when?": the answer empties the list.
process.on('message', () => {
  process.send(arrivals)
  arrivals = []
})
// The sandbox ends when it wants to.
process.channel.unref()
