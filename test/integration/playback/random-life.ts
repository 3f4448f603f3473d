import assert from 'node:assert/strict'

import { AppError } from '../../../src/lib/errors.ts'
import type { Tier } from '../../../src/sandbox/conditions.ts'
import { seeded, type Stage } from './engine-harness.ts'
import type { StutteringPlayer } from './stalling-player.ts'

/** Kinds of things to play, in the sandbox's catalog. */
const kinds = ['album', 'playlist', 'station', 'track', 'podcastShow', 'artist'] as const

/** What a random life is made of: commands as people send them, time, and faults of the service. */
export class RandomLife {
  readonly #stage: Stage
  readonly #random: () => number
  readonly #tiers: readonly Tier[]
  readonly #player: StutteringPlayer
  /** Codes of refused commands, to tell that all kinds of trouble were met. */
  readonly refused = new Map<string, number>()
  readonly trail: string[] = []
  /** How many events had been told when a life began that may go on by itself. */
  readonly #beginnings = new Set<number>()

  constructor(stage: Stage, player: StutteringPlayer, seed: number, tiers: readonly Tier[]) {
    this.#stage = stage
    this.#player = player
    this.#random = seeded(seed)
    this.#tiers = tiers
  }

  async live(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await this.#step()
      this.#check()
    }
    this.#repair()
  }

  async #step(): Promise<void> {
    const stage = this.#stage
    const { control } = stage
    const dice = this.#below(110)
    if (dice < 52) return this.#command()
    if (dice < 80) return stage.pass(this.#below(120) * 1_000, 7_000)
    if (dice < 82) return this.#trail('unreachable', () => stage.breakDown())
    if (dice < 84) return this.#trail('500', () => stage.breakDown(500))
    if (dice < 85) return this.#trail('no next', () => stage.breakDown(503, '/v1/playback/sessions'))
    if (dice < 86) return this.#trail('taken over', () => control.takeOver(60))
    if (dice < 94) return this.#trail('repaired', () => this.#repair())
    if (dice < 96) return this.#trail('lapse', () => control.lapseSessions())
    if (dice < 97) return this.#trail('forget', () => control.forgetSessions())
    if (dice < 98) return this.#trail('token', () => control.expireAccessTokens())
    if (dice < 99) return this.#restart()
    if (dice < 102) return this.#trail('stall', () => this.#player.stall())
    if (dice < 106) return this.#trail('recover', () => this.#player.recover())
    if (dice < 107) return this.#seekWhileBuffering()
    if (dice < 109) return this.#powerCut()
    const tier = this.#pick(this.#tiers)
    return this.#trail(`tier ${tier}`, () => control.changeAccount({ tier }))
  }

  #repair(): void {
    this.#stage.repair()
    this.#stage.control.releaseStream()
  }

  async #restart(): Promise<void> {
    this.trail.push('restart')
    // Not in step with anything that waits, and slowly: a report that goes out in the moment in which the agent ends
    // is one whose answer is lost, and is sent again.
    await this.#stage.pass(137)
    await this.#stage.done(this.#stage.life.close(), 19)
    this.#begin()
  }

  #begin(): void {
    const { settings, heard } = this.#stage
    if (settings.resume !== undefined && settings.resume !== 'off') this.#beginnings.add(heard.length)
    this.#stage.begin()
  }

  async #seekWhileBuffering(): Promise<void> {
    this.trail.push('seek while buffering')
    this.#player.stall()
    await this.#stage.pass(this.#below(3) * 1_000)
    await this.#command('seek')
    if (this.#flip()) this.#player.recover()
  }

  async #powerCut(): Promise<void> {
    const stage = this.#stage
    this.trail.push('power cut')
    await stage.pass(137)
    await stage.done(stage.life.kill(), 19)
    stage.settings = {
      ...stage.settings,
      resume: this.#pick(['off', 'paused', 'playing'] as const),
      takeOver: this.#pick(['ask', 'auto', 'never'] as const),
    }
    this.trail.push(JSON.stringify(stage.settings))
    this.#begin()
  }

  /** @param wanted any, if it is left open */
  async #command(wanted?: string): Promise<void> {
    const stage = this.#stage
    const { engine, signal } = stage
    const kind = this.#pick(kinds)
    const mrn = stage.mrn(kind, this.#below(stage.items(kind).length))
    const options = { autoplay: this.#flip(), shuffle: this.#flip(), loop: this.#below(4) === 0 }
    const commands: Readonly<Record<string, () => Promise<void>>> = {
      play: () => engine.play({ play: { id: mrn }, options, context: mrn }, signal),
      next: () => engine.next(signal),
      next2: () => Promise.all([engine.next(signal), engine.next(signal)]).then(() => undefined),
      previous: () => engine.previous(signal),
      pause: () => engine.pause(),
      resume: () => engine.resume(signal),
      play2: () => engine.play({ play: { id: mrn }, options, context: mrn }, signal),
      next3: () => engine.next(signal),
      restore: () => engine.restore(this.#pick([...stage.control.sessions(), undefined])?.sessionId, signal),
      resume2: () => engine.resume(signal),
      takeOver: () => engine.resume(signal, true),
      playTakeOver: () => engine.play({ play: { id: mrn }, options, context: mrn }, signal, true),
      stop: () => engine.stop(),
      seek: () => engine.seek({ positionMs: this.#below(300_000) }),
      shuffle: () => engine.setShuffle(this.#flip(), signal),
      repeat: () => engine.setRepeat(this.#flip() ? 'all' : 'off', signal),
      queueNext: () => engine.enqueue({ id: stage.mrn('track', this.#below(60)) }, 'next', signal),
      queueLast: () => engine.enqueue({ id: stage.mrn('track', this.#below(60)) }, 'last', signal),
      volume: () => engine.setVolume(this.#below(101)),
    }
    const usual = stage.state.phase === 'idle' && this.#flip() ? 'play' : this.#pick(Object.keys(commands))
    const name = wanted ?? usual
    this.trail.push(name)
    try {
      const command = commands[name]?.() ?? assert.fail()
      // Sometimes nobody waits for the outcome before the next thing happens.
      if (this.#below(4) === 0) {
        command.catch(() => undefined)
        await stage.clock.advance(this.#below(3) * 1_000)
      } else {
        await stage.done(command)
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal/fault') throw error
      this.trail.push(error.code)
      this.refused.set(error.code, (this.refused.get(error.code) ?? 0) + 1)
    }
  }

  /** What is true at all times. */
  #check(): void {
    const { state } = this.#stage
    assert.equal(state.phase === 'idle', state.entity === undefined)
    assert.equal(state.phase === 'idle', state.positionMs === undefined)
    assert.ok(
      (state.positionMs ?? 0) <= (state.entity?.durationMs ?? Infinity),
      `(state.positionMs ?? 0) <= (state.entity?.durationMs ?? Infinity): ${state.positionMs ?? 0}`,
    )
    const references = state.upcoming.map(({ referenceId }) => referenceId)
    assert.equal(new Set(references).size, references.length, 'nothing comes twice')
    assert.ok(!references.includes(state.entity?.referenceId ?? ''), 'what plays does not come again')
  }

  /** Every event comes when it is so, none twice. */
  checkEvents(): void {
    let sounds = false
    let isOn = false
    const { heard } = this.#stage
    for (const [index, { event, state }] of heard.entries()) {
      // What was made ready is on, although nobody was told.
      if (this.#beginnings.has(index)) isOn = true
      const where = `event ${String(index)}: ${event.type}`
      switch (event.type) {
        case 'track_changed':
          assert.equal(state.phase, 'playing', where)
          assert.equal(event.facts['media_title'], state.entity?.title, where)
          isOn = true
          break
        case 'playback_started':
          assert.ok(!sounds, where)
          assert.equal(state.phase, 'playing', where)
          sounds = true
          break
        case 'playback_paused':
          assert.ok(isOn, where)
          assert.equal(state.phase, 'paused', where)
          sounds = false
          break
        case 'stream_taken_over':
        case 'queue_ended':
          assert.equal(heard[index + 1]?.event.type, 'playback_stopped', where)
          assert.equal(state.phase, 'idle', where)
          break
        case 'playback_stopped':
          assert.ok(isOn, where)
          assert.equal(state.phase, 'idle', where)
          sounds = isOn = false
          break
        case 'stream_busy':
        case 'skip_refused':
        case 'error':
          assert.equal(typeof event.facts['message'], 'string', where)
          break
        case 'announcement_started':
        case 'announcement_ended':
        case 'sleep_set':
        case 'sleep_ended':
          assert.fail(where)
      }
    }
  }

  #trail(what: string, does: () => unknown): Promise<void> {
    this.trail.push(what)
    does()
    return Promise.resolve()
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #flip(): boolean {
    return this.#random() < 0.5
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T
  }
}
