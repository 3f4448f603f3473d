import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { mpvOf, startLoneMpv } from './lone-mpv.mjs'
import { end, residentMb, usage, within } from './processes.mjs'
import { answered, isOk, signIn } from './sign-in.mjs'
import { pitchHz, rate, startSpeakers, withoutSilences } from './speaker.mjs'
import { startAgent, streamsOf } from './stage.mjs'
import { median, nowMs } from './stats.mjs'

const name = 'sound'

/**
 * The agent with player mpv beside an mpv of the same flags that is told what to do by nobody but us.
 *
 * @param stage what runs already
 * @param figures where the figures go, one by one
 */
export async function measureSound(stage, { sound: sizes }, figures, say) {
  const { main, folder, broker, sandbox, sender, headers } = stage
  // A tone that is equally loud all the time begins at once and has no silence of its own.
  await sandbox.call('PUT', '/control/conditions', { swell: false, maxStreams: 100 })
  const speakers = await startSpeakers(join(folder, 'speakers'), ['agent', 'mpv'])
  const settings = { A2M_PLAYER: 'mpv', A2M_AUDIO_DEVICE: 'pulse/agent', ...speakers.env }
  const begin = () => startAgent({ main, folder: join(folder, name), broker, sandbox, name, settings })
  await signIn(name, begin, sender, sandbox)

  const online = sender.online(name)
  const child = begin()
  await within(`${name} online`, online, 20_000, child)
  await within(`${name} signed in`, answered(name, sender), 20_000, child)
  const told = async (topic, payload) => {
    const command = await within(
      `${topic} done`,
      sender.command(`bench/${name}/${topic}`, payload),
      20_000,
      child,
    )
    if (!isOk(command)) throw new Error(`the agent answered ${command.payload.toString().slice(0, 500)}`)
    return command.sentMs
  }
  await told('set/volume', '100')
  const own = await within('the mpv of the agent', started(child.pid), 20_000, child)
  const flags = own.args.map((flag) => flag.replace('pulse/agent', 'pulse/mpv'))
  const alone = await startLoneMpv(flags, speakers.env)
  await alone.ask('set_property', 'volume', 100)
  // Its playlist at its best, and as the agent has it: what is next is opened before its turn.
  await alone.ask('set_property', 'prefetch-playlist', true)
  const pids = { agent: child.pid, own: own.pid, alone: alone.pid }

  say('player mpv: idle')
  await sleep(sizes.settleMs)
  figures.idleMb = residentOf(pids)

  const catalog = await sandbox.call('GET', '/control/catalog')
  const track = catalog
    .filter(({ kind }) => kind === 'track')
    .reduce((longest, one) => (one.durationSeconds > longest.durationSeconds ? one : longest))
  const albums = catalog.filter(({ kind }) => kind === 'album')
  const shortAlbum = albums.find(({ title }) => title === 'Short Studies')
  const lengthOf = new Map(catalog.map(({ id, durationSeconds }) => [id, durationSeconds]))
  const longAlbum = albums.find(({ holds }) => holds.slice(0, 2).every((id) => lengthOf.get(id) > 120))
  // mpv plays the same streams of the same server, by addresses of its own.
  const itemOf = async ({ mrn }, count) => ({
    mrn,
    tracks: (await streamsOf(mrn, sandbox, headers)).slice(0, count),
  })
  const players = {
    agent: {
      recorder: speakers.recorders.agent,
      play: ({ mrn }) => told('request/play', JSON.stringify({ id: mrn })),
      stop: () => told('command', 'stop'),
    },
    alone: {
      recorder: speakers.recorders.mpv,
      async play({ tracks: [first, ...others] }) {
        const sentMs = nowMs()
        await alone.ask('loadfile', first.url, 'replace')
        for (const { url } of others) await alone.ask('loadfile', url, 'append')
        return sentMs
      },
      stop: () => alone.ask('stop'),
    },
  }
  figures.first = {}
  figures.silence = {}
  for (const streams of sizes.streams) {
    await sandbox.call('PUT', '/control/conditions', { streams })
    say(`player mpv: ${sizes.plays} plays of each, ${streams}`)
    figures.first[streams] = await measureFirst(sizes.plays, players, await itemOf(track, 1))
    say(`player mpv: ${sizes.albums} times ${sizes.tracks} tracks of an album, ${streams}`)
    figures.silence[streams] = await measureGaps(
      sizes.albums,
      players,
      await itemOf(shortAlbum, sizes.tracks),
    )
  }

  say(`player mpv: playing for ${(sizes.settleMs + sizes.playMs) / 1000} s`)
  // Of two tracks, for both have the next one at hand.
  const item = await itemOf(longAlbum, 2)
  await both(players, ({ recorder, play }) => {
    recorder.forget()
    return play(item)
  })
  await both(players, ({ recorder }) => recorder.firstSoundMs())
  await sleep(sizes.settleMs)
  const before = eachOf(pids, (pid) => usage(pid).cpuMs)
  const beganMs = nowMs()
  await sleep(sizes.playMs)
  const tookMs = nowMs() - beganMs
  figures.cpuPercent = eachOf(pids, (pid, who) => ((usage(pid).cpuMs - before[who]) / tookMs) * 100)
  figures.playingMb = residentOf(pids)
  await both(players, ({ stop }) => stop())
  await end(child)
}

async function started(parent) {
  for (;;) {
    const found = mpvOf(parent)
    if (found !== undefined) return found
    await sleep(50)
  }
}

/** One after the other, out of silence; who is first alternates. */
async function measureFirst(count, players, item) {
  const times = { agent: [], alone: [] }
  // The first one of each warms up.
  for (let round = -1; round < count; round++) {
    for (const who of round % 2 === 0 ? ['agent', 'alone'] : ['alone', 'agent']) {
      const { recorder, play, stop } = players[who]
      recorder.forget()
      const [sentMs, firstMs] = await Promise.all([play(item), recorder.firstSoundMs()])
      if (round >= 0) times[who].push(firstMs - sentMs)
      await stop()
      await recorder.silent(300)
    }
  }
  return spreadOf(times)
}

/** So much of the last track is enough, and the tone of each is told by what lies between the two. */
const heardMs = 1_500
const settledMs = 500

/** Both at the same time. */
async function measureGaps(count, players, item) {
  const gaps = { agent: [], alone: [] }
  const within = { agent: 0, alone: 0 }
  for (let round = 0; round < count; round++) {
    for (const [who, found] of Object.entries(await gapsOf(players, item))) {
      gaps[who].push(...found.gaps)
      within[who] += found.within
    }
  }
  return { between: spreadOf(gaps), within }
}

async function gapsOf(players, item) {
  const startsMs = startsOf(item.tracks)
  await both(players, ({ recorder, play }) => {
    recorder.forget()
    return play(item)
  })
  const heard = await both(players, ({ recorder }) => recorder.firstSoundMs())
  // Late by the gaps, and by what is on its way to the recorder.
  await sleep(Math.max(...Object.values(heard)) + startsMs.at(-1) + heardMs + 300 - nowMs())
  const sounds = await both(players, ({ recorder }) => withoutSilences(recorder.sound()))
  await both(players, ({ stop }) => stop())
  await both(players, ({ recorder }) => recorder.silent(300))
  const pitches = eachOf(sounds, ({ sound }) =>
    startsMs.map((ms) => pitchHz(cut(sound, ms + settledMs, ms + heardMs))),
  )
  // The sandbox's tones are at least 27 Hz apart.
  if (pitches.agent.some((hz, n) => Math.abs(hz - pitches.alone[n]) > 12)) {
    const list = (all) => `${all.map(Math.round).join(', ')} Hz`
    throw new Error(`heard were ${list(pitches.agent)} of the agent, ${list(pitches.alone)} of mpv`)
  }
  return eachOf(sounds, ({ silences }) => between(silences, startsMs))
}

/** What mpv has handed over ahead, in milliseconds: silence so near to a transition may come of it. */
const bufferMs = 200

/** The silence at each transition, or 0, and all others together: there mpv had nothing to play in time. */
function between(silences, startsMs) {
  const sum = (some) => some.reduce((all, { ms }) => all + ms, 0)
  const isAt = (startMs, { afterMs }) => Math.abs(afterMs - startMs) < bufferMs
  const [, ...transitions] = startsMs
  const heard = silences.filter(({ afterMs }) => afterMs < startsMs.at(-1) + heardMs)
  return {
    gaps: transitions.map((startMs) => sum(heard.filter((silence) => isAt(startMs, silence)))),
    within: sum(heard.filter((silence) => !transitions.some((startMs) => isAt(startMs, silence)))),
  }
}

/** When each track begins, were there no gaps. */
function startsOf(tracks) {
  let ms = 0
  return tracks.map(({ durationMs }) => (ms += durationMs) - durationMs)
}

function cut(sound, fromMs, toMs) {
  return sound.subarray((fromMs * rate) / 1000, (toMs * rate) / 1000)
}

async function both(players, job) {
  const done = await Promise.all(Object.entries(players).map(async ([who, one]) => [who, await job(one)]))
  return Object.fromEntries(done)
}

function eachOf(values, make) {
  return Object.fromEntries(Object.entries(values).map(([who, value]) => [who, make(value, who)]))
}

function residentOf(pids) {
  return eachOf(pids, residentMb)
}

function spreadOf(times) {
  return eachOf(times, (all) => ({ median: median(all), least: Math.min(...all), most: Math.max(...all) }))
}
