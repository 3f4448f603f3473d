import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { listen, retainedAt } from './listener.mjs'
import { end, residentMb, within } from './processes.mjs'
import { connectSender } from './sender.mjs'
import { answered, isOk, signIn } from './sign-in.mjs'
import { freePort, startAgent, startBrokerOn } from './stage.mjs'
import { median, nowMs } from './stats.mjs'

const name = 'home'
const own = `bench/${name}/`

/** So long after the last message of a change no other follows that belongs to it. */
const quietMs = 1_500

/**
 * The agent as Home Assistant is told of it, with a broker of its own.
 *
 * @param stage what runs already
 * @param figures where the figures go, one by one
 */
export async function measureHome(stage, { home: sizes }, figures, say) {
  const { main, sandbox } = stage
  const folder = join(stage.folder, 'home')
  mkdirSync(folder)
  const port = await freePort()
  const broker = `mqtt://127.0.0.1:${port}`
  let brokerProcess = await startBrokerOn(port, folder)
  let sender = await connectSender(broker)
  await sandbox.call('PUT', '/control/conditions', { streams: 'file', maxStreams: 100 })
  const agentOf = (who, settings) => () =>
    startAgent({ main, folder: join(folder, who), broker, sandbox, name: who, settings })
  const online = async (who, begin) => {
    const said = sender.online(who)
    const child = begin()
    await within(`${who} online`, said, 20_000, child)
    await within(`${who} signed in`, answered(who, sender), 20_000, child)
    return child
  }

  say('home: the first announcement')
  const begin = agentOf(name, {})
  await signIn(name, begin, sender, sandbox)
  let listener = await listen(broker)
  const child = await online(name, begin)
  await listener.quiet(quietMs)
  figures.announcement = announcementOf(fromAgent(listener.take()))
  if (figures.announcement.discovery.messages === 0) throw new Error('nothing was announced')

  say(`home: idle, discovery on and off, ${(sizes.settleMs + sizes.idleMs) / 1000} s`)
  const pairs = { on: [child], off: [] }
  for (let n = 0; n < sizes.pairs; n++) {
    for (const [which, settings] of [
      ['off', { A2M_DISCOVERY: 'off' }],
      ['on', {}],
    ]) {
      if (pairs[which].length === sizes.pairs) continue
      const start = agentOf(`${which}-${n}`, settings)
      await signIn(`${which}-${n}`, start, sender, sandbox)
      pairs[which].push(await online(`${which}-${n}`, start))
    }
  }
  await sleep(sizes.settleMs)
  listener.take()
  const { readings, heard } = await idle(sizes.idleMs, pairs, listener)
  figures.residentMb = readings
  figures.whileIdle = countOf(heard.filter(isNoHealth))
  tell(say, 'while idle', heard)
  await Promise.all([...pairs.off, ...pairs.on.slice(1)].map(end))

  const told = async (topic, payload) => {
    const command = await within(topic, sender.command(`${own}${topic}`, payload), 20_000, child)
    if (!isOk(command)) throw new Error(`the agent answered ${command.payload.toString().slice(0, 500)}`)
  }
  const catalog = await sandbox.call('GET', '/control/catalog')
  const lengthOf = new Map(catalog.map(({ id, durationSeconds }) => [id, durationSeconds]))
  const albums = catalog.filter(({ kind }) => kind === 'album')
  // The last of its tracks that is played has to last.
  const longAlbum = albums.find(
    ({ holds }) => lengthOf.get(holds[sizes.changes]) * 1000 > sizes.idleMs + 60_000,
  )
  const shortAlbum = albums.find(({ title }) => title === 'Short Studies')

  const playlist = catalog.find(({ kind, holds }) => kind === 'playlist' && holds.length > sizes.changes + 1)

  for (const [where, { mrn }] of Object.entries({ playlist, album: longAlbum })) {
    say(`home: ${sizes.changes} times next, ${where}`)
    await told('request/play', JSON.stringify({ id: mrn }))
    await listener.quiet(quietMs)
    const changes = []
    for (let n = 0; n < sizes.changes; n++) {
      listener.take()
      await told('command', 'next')
      await listener.quiet(quietMs)
      changes.push(fromAgent(listener.take()))
    }
    figures[where] = spreadsOf(changes)
    for (const change of changes) tell(say, 'by next', change)
  }

  say(`home: playing for ${sizes.idleMs / 1000} s`)
  listener.take()
  await sleep(sizes.idleMs)
  const playing = fromAgent(listener.take())
  figures.whilePlaying = countOf(playing.filter(isNoHealth))
  tell(say, 'while playing', playing)

  say(`home: ${sizes.changes} tracks to their end`)
  await told('request/play', JSON.stringify({ id: shortAlbum.mrn }))
  // What was asked for is no end of a track.
  listener.take()
  await within('the tracks', played(sizes.changes, listener), (sizes.changes + 2) * 15_000, child)
  const ends = changesIn(fromAgent(listener.take()))
  figures.ends = spreadsOf(ends)
  tell(say, 'the last end', ends.at(-1))

  say(`home: ${sizes.restarts} restarts of the broker`)
  await told('request/play', JSON.stringify({ id: longAlbum.mrn }))
  await told('command', 'pause')
  await listener.quiet(quietMs)
  const before = (await retainedAt(broker)).filter(isOfAgent)
  figures.retained = before.length
  const restored = { wholeMs: [], sendingMs: [] }
  for (let n = 0; n < sizes.restarts; n++) {
    // A connection that served for long is tried again at once, as after any but the first moments of a life.
    await sleep(sizes.servedMs)
    await Promise.all([listener.end(), sender.end()])
    const gone = once(brokerProcess, 'exit')
    brokerProcess.kill('SIGKILL')
    await gone
    const startedMs = nowMs()
    brokerProcess = await startBrokerOn(port, folder)
    listener = await listen(broker, true)
    const { firstMs, lastMs } = await within('the picture', restoredIn(listener, before), 60_000, child)
    restored.wholeMs.push(lastMs - startedMs)
    restored.sendingMs.push(lastMs - firstMs)
    const after = new Set((await retainedAt(broker)).map(({ topic }) => topic))
    const missing = before.filter(({ topic }) => !after.has(topic))
    if (missing.length > 0) throw new Error(`not restored: ${topicsOf(missing)}`)
    sender = await connectSender(broker)
  }
  figures.restored = { whole: spread(restored.wholeMs), sending: spread(restored.sendingMs) }
  await Promise.all([listener.end(), sender.end()])
  await end(child)
  await end(brokerProcess)
}

/** What the agent has published, and not what was sent to it. */
function fromAgent(heard) {
  return heard.filter((one) => isOfAgent(one) && !/^(command|request\/.*)$/.test(one.topic.slice(own.length)))
}

/** Its own topics, and those on which Home Assistant is told of them. */
function isOfAgent({ topic, payload }) {
  return topic.startsWith(own) || (topic.startsWith('homeassistant/') && payload.includes(own))
}

/** All until it says that it is online, which it does once its whole picture is there. */
function announcementOf(heard) {
  const online = heard.findIndex(
    ({ topic, payload }) => topic === `${own}availability` && `${payload}` === 'online',
  )
  const whole = heard.slice(0, online + 1)
  return {
    discovery: countOf(whole.filter(({ topic }) => topic.startsWith('homeassistant/'))),
    whole: countOf(whole),
  }
}

async function idle(ms, pairs, listener) {
  const looks = { on: [], off: [] }
  for (let n = 0; n < 10; n++) {
    await sleep(ms / 10)
    for (const [which, children] of Object.entries(pairs)) {
      for (const [place, { pid }] of children.entries()) (looks[which][place] ??= []).push(residentMb(pid))
    }
  }
  const readings = Object.fromEntries(
    Object.entries(looks).map(([which, all]) => [which, spread(all.map(median))]),
  )
  return { readings, heard: fromAgent(listener.take()) }
}

/** Resolves once `count` tracks have begun after the first one that is seen, and one more. */
async function played(count, listener) {
  const seen = new Set()
  await listener.until((one) => {
    const track = trackIn(one)
    return track !== undefined && seen.add(track).size > count + 1
  })
}

/** @returns the content id, where this is topic `state` */
function trackIn({ topic, payload }) {
  return topic === `${own}state` ? (JSON.parse(payload.toString()).media_content_id ?? undefined) : undefined
}

/**
 * From the first word of each track to that of the next, so that all that comes later on for it counts as well. The
 * first one may not be seen from its beginning, and the last may have something to come: both are left out.
 */
function changesIn(heard) {
  const changes = []
  let playing
  for (const one of heard) {
    const track = trackIn(one) ?? playing
    if (track !== playing) changes.push([])
    playing = track
    changes.at(-1)?.push(one)
  }
  return changes.slice(1, -1)
}

/** It tells up to a minute later of what happened before. */
function isNoHealth({ topic }) {
  return topic !== `${own}health`
}

/** When the first and the last topic of `before` came again as it was; the health, which counts on, need not. */
async function restoredIn(listener, before) {
  const wanted = before.filter(isNoHealth)
  const times = await Promise.all(
    wanted.map(({ topic, payload }) =>
      listener.until((one) => one.topic === topic && one.payload.equals(payload)).then(({ atMs }) => atMs),
    ),
  )
  return { firstMs: Math.min(...times), lastMs: Math.max(...times) }
}

function countOf(heard) {
  return { messages: heard.length, bytes: heard.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function spreadsOf(changes) {
  const counts = changes.map(countOf)
  return {
    messages: spread(counts.map(({ messages }) => messages)),
    bytes: spread(counts.map(({ bytes }) => bytes)),
  }
}

function spread(all) {
  return { median: median(all), least: Math.min(...all), most: Math.max(...all) }
}

function tell(say, when, heard) {
  say(`home: ${heard.length} messages ${when}${heard.length > 0 ? `: ${topicsOf(heard)}` : ''}`)
}

function topicsOf(heard) {
  return heard
    .map(({ topic, bytes }) => `${topic.replace(own, '')}${bytes === undefined ? '' : ` ${bytes}`}`)
    .join(', ')
}
