#!/usr/bin/env node
// A whole player for docs/player-protocol.md, to try the agent with and to copy from. It fetches WAV files for real
// and plays them in real time, but has no sound card: where yours gives samples to the card, this one looks at the clock.
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

// --- Talking to the agent: one JSON object a line. Only this part writes to stdout; stderr is for the log.

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
const tell = (event, track, more = {}) => say({ event, item: track.id, ...more })

const commands = {
  load({ item, paused }) {
    takeOff()
    on = new Track(item)
    positionMs = item.position_ms
    isPaused = paused
  },
  preload({ item }) {
    next?.close()
    next = item === null || item === undefined ? undefined : new Track(item)
  },
  play() {
    isPaused = false
    return runningSinceMs === undefined ? undefined : tellPosition
  },
  pause() {
    standStill()
    isPaused = true
    return tellPosition
  },
  stop: takeOff,
  seek({ position_ms: toMs }) {
    if (on === undefined) return undefined
    standStill()
    positionMs = Math.min(Math.max(toMs, 0), on.durationMs ?? Infinity)
    on.fetchFrom(positionMs)
    return tellPosition
  },
  volume({ percent }) {
    const amplitude = (Math.min(Math.max(percent, 0), 100) / 100) ** 3
    console.error(`volume ${percent} %: every sample times ${amplitude.toFixed(4)}`)
  },
  mute({ muted }) {
    console.error(muted ? 'muted' : 'no longer muted')
  },
}

const expected = {
  load: { item: 'object', paused: 'boolean' },
  seek: { position_ms: 'number' },
  volume: { percent: 'number' },
  mute: { muted: 'boolean' },
}

function hear(line) {
  const message = JSON.parse(line)
  const { id, command } = message
  const refuse = (words) => say({ reply: id, ok: false, code: 'failed', message: words })
  if (!Object.hasOwn(commands, command)) return refuse(`there is no command ${JSON.stringify(command)}`)
  for (const [key, type] of Object.entries(expected[command] ?? {})) {
    if (typeof message[key] !== type || message[key] === null)
      return refuse(`${command}: ${key} is no ${type}`)
  }
  const after = commands[command](message)
  // The reply comes first, then what happened because of it.
  say({ reply: id, ok: true })
  after?.()
  look()
}

// --- What plays.

/** How much sound has to be there before it begins or goes on. */
const enoughMs = 200
/** Sound is fetched this far ahead. */
const aheadMs = 20_000
/** So long without data is a failure. */
const silenceMs = 10_000
const tellEveryMs = 500

let on
let next
let isPaused = false
/** Where it is, or was when it last went on. */
let positionMs = 0
/** When it last went on; undefined while it stands still. */
let runningSinceMs
let toldAtMs = 0

const nowMs = () => performance.now()

function position() {
  return runningSinceMs === undefined ? positionMs : positionMs + nowMs() - runningSinceMs
}

function standStill() {
  positionMs = position()
  runningSinceMs = undefined
}

function takeOff() {
  standStill()
  on?.close()
  next?.close()
  on = next = undefined
}

function tellPosition() {
  if (on === undefined) return
  toldAtMs = nowMs()
  tell('position', on, { position_ms: Math.round(position()) })
}

/** Looks what the time has brought: data, an end, a failure, a position to tell. */
function look() {
  if (on === undefined) return
  const atMs = position()
  const isDry = atMs >= on.fetchedToMs
  if (on.failure !== undefined && isDry) fail()
  else if (isPaused) return
  else if (on.isWhole && isDry) end()
  else if (runningSinceMs === undefined) {
    if (on.fetchedToMs - atMs >= enoughMs || on.isWhole) goOn()
    else if (nowMs() - on.heardOfAtMs > silenceMs) on.failure = { code: 'network', message: 'no data comes' }
  } else if (isDry) {
    standStill()
    positionMs = on.fetchedToMs
    on.isBuffering = true
    tell('buffering', on)
  } else if (nowMs() - toldAtMs >= tellEveryMs) tellPosition()
}

function goOn() {
  runningSinceMs = nowMs()
  if (!on.hasStarted) tell('started', on)
  else if (on.isBuffering) tell('rebuffered', on)
  on.hasStarted = true
  on.isBuffering = false
  tellPosition()
}

/** To the next one, if there is one. */
function end() {
  const lastMs = Math.round(on.fetchedToMs)
  const durationMs = on.durationMs === undefined ? null : Math.round(on.durationMs)
  tell('ended', on, { position_ms: lastMs, duration_ms: durationMs })
  on.close()
  on = next
  next = undefined
  positionMs = on?.startMs ?? 0
  runningSinceMs = undefined
  look()
}

function fail() {
  tell('failed', on, on.failure)
  takeOff()
}

// --- Fetching.

/** A reason why a stream cannot be played that another try would not mend. */
class Unplayable extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

class Track {
  hasStarted = false
  isBuffering = false
  /** What there is to hear, from here … */
  fetchedFromMs
  /** … to here. */
  fetchedToMs
  /** Whether that is all up to the end. */
  isWhole = false
  durationMs
  /** When data came last. */
  heardOfAtMs = nowMs()
  /** What `failed` will say once nothing is left to hear. */
  failure
  #item
  #wav
  #fetching = new AbortController()

  constructor(item) {
    this.#item = item
    this.id = item.id
    this.startMs = item.position_ms
    // Headers for a licence come with clear streams, too.
    if (/^ENCRYPTED/i.test(item.format ?? '')) {
      this.fetchedToMs = this.startMs
      this.failure = { code: 'protected', message: 'this player has no decryption module' }
    } else this.#fetchAnew(this.startMs)
  }

  close() {
    this.#fetching.abort()
  }

  fetchFrom(fromMs) {
    if (this.failure === undefined && (fromMs < this.fetchedFromMs || fromMs > this.fetchedToMs)) {
      this.#fetchAnew(fromMs)
    }
  }

  #fetchAnew(fromMs) {
    this.close()
    this.#fetching = new AbortController()
    this.fetchedFromMs = this.fetchedToMs = fromMs
    this.isWhole = false
    this.heardOfAtMs = nowMs()
    void this.#fetch(this.#fetching.signal)
  }

  async #fetch(signal) {
    for (const pauseMs of [0, 200, 500]) {
      await sleep(pauseMs)
      try {
        this.#wav ??= await this.#readHeader(signal)
        await this.#readSound(this.#wav, signal)
        return
      } catch (error) {
        if (signal.aborted) return
        const { code, message } =
          error instanceof Unplayable ? error : { code: 'network', message: inWords(error) }
        if (code === 'network' && pauseMs < 500) continue
        this.failure = { code, message }
        return
      }
    }
  }

  /** The body from byte `from` on. @throws Unplayable, or what fetch throws */
  async *#body(from, signal) {
    const { url, headers } = this.#item
    const response = await fetch(url, { headers: { ...headers, range: `bytes=${from}-` }, signal })
    const { status } = response
    if ([401, 403, 410].includes(status)) throw new Unplayable('expired', `HTTP ${status}`)
    if (status === 429 || status >= 500) throw new Error(`HTTP ${status}`)
    if (!response.ok) throw new Unplayable('unplayable', `HTTP ${status}`)
    // A server may not know Range and send all of it.
    let surplus = status === 206 ? 0 : from
    for await (const chunk of response.body) {
      this.heardOfAtMs = nowMs()
      if (chunk.length > surplus) yield Buffer.from(chunk).subarray(surplus)
      surplus = Math.max(0, surplus - chunk.length)
    }
  }

  async #readHeader(signal) {
    let head = Buffer.alloc(0)
    for await (const chunk of this.#body(0, signal)) {
      head = Buffer.concat([head, chunk])
      const wav = parseWav(head)
      if (wav !== undefined) {
        this.durationMs = wav.durationMs
        return wav
      }
    }
    throw new Unplayable('unplayable', 'no sound in it')
  }

  async #readSound({ soundFrom, soundBytes, bytesPerMs, durationMs }, signal) {
    const timeOf = (bytes) => Math.min(bytes / bytesPerMs, durationMs ?? Infinity)
    let bytes = Math.round(this.fetchedToMs * bytesPerMs)
    if (bytes < soundBytes) {
      for await (const chunk of this.#body(soundFrom + bytes, signal)) {
        signal.throwIfAborted()
        bytes += chunk.length
        this.fetchedToMs = timeOf(bytes)
        // What is not read is held back by the server: no memory is filled.
        while (this.fetchedToMs - (this === on ? position() : this.startMs) > aheadMs) {
          await sleep(100, undefined, { signal })
        }
      }
      if (bytes < soundBytes && soundBytes !== Infinity) throw new Error('the connection broke off')
    }
    this.fetchedToMs = timeOf(bytes)
    this.isWhole = true
  }
}

/** @returns undefined: more of it is needed. @throws Unplayable */
function parseWav(head) {
  if (head.length < 12) return undefined
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') {
    if (head.includes('<ContentProtection')) {
      throw new Unplayable('protected', 'this player has no decryption module')
    }
    throw new Unplayable('unplayable', 'not a WAV file')
  }
  let bytesPerMs
  for (let at = 12; at + 24 <= head.length;) {
    const name = head.toString('latin1', at, at + 4)
    const length = head.readUInt32LE(at + 4)
    if (name === 'fmt ') bytesPerMs = head.readUInt32LE(at + 16) / 1000
    if (name === 'data' && bytesPerMs > 0) {
      // Who streams does not know the length beforehand and writes the largest there is.
      const isKnown = length !== 0 && length !== 0xff_ff_ff_ff
      return {
        soundFrom: at + 8,
        soundBytes: isKnown ? length : Infinity,
        bytesPerMs,
        durationMs: isKnown ? length / bytesPerMs : undefined,
      }
    }
    at += 8 + length + (length % 2)
  }
  return undefined
}

/** Without the address, which fetch puts into some of its messages. */
function inWords(error) {
  return error.cause?.code ?? error.message.replace(/https?:\S+/g, '(an address)')
}

// --- Begin, and end with stdin: that is how the agent's end is noticed, however it came.

createInterface({ input: process.stdin })
  .on('line', hear)
  .on('close', () => process.exit(0))
process.stdout.on('error', () => process.exit(0))
setInterval(look, 20)
say({
  event: 'hello',
  protocol: 1,
  name: 'reference-player',
  version: '1',
  preloads: true,
  decrypts: false,
})
