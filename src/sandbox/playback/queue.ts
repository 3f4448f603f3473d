import type { Playable } from '../catalog/entities.ts'
import type { Draw } from '../draw.ts'
import type { SignedPath } from '../media/signed-audio.ts'

/** An entry of a playback queue. The same track twice is two entries. */
export interface Entry {
  readonly playable: Playable
  /**
   * Its origin: the played context, Queue Next/Last, a recommendation, or a break inserted by the service.
   */
  readonly origin: 'context' | 'queued' | 'recommended' | 'break'
  /** Its index in the context; null for other origins. */
  readonly contextIndex: number | null
  /** How often the loop had restarted when it was added. */
  readonly pass: number
  /** `entityReferenceId` and `metricId`. Restoring the session assigns new ones. */
  referenceId: string
  metricId: string
  readonly licenceToken: string
  /** The audio URL returned last. Renewed before it expires. */
  signed: SignedPath | null
}

/** The origin of an entry that has no ids yet. */
export type Provenance = Pick<Entry, 'origin' | 'contextIndex' | 'pass'>

/** What a queue needs from its session. */
export interface Dealer {
  readonly draw: Draw
  deal(playable: Playable, provenance: Provenance): Entry
  /** The next entry after the end of the context: autoplay or a station; null to end. */
  recommend(recentIds: ReadonlySet<string>): Playable | null
  /** The break that the service inserts after `tracksInARow` tracks; null for none. */
  breakAfter(tracksInARow: number): Playable | null
}

export interface QueueStart {
  readonly context: readonly Playable[]
  /** Index in the context to start at; null: the first, or a random one when shuffled. */
  readonly startIndex: number | null
  readonly shuffle: boolean
  readonly loop: boolean
}

const PAST_KEPT = 200
const RECENT = 20

/**
 * The queue as the service keeps it (API playback): played entries, the current one, upcoming ones. Never
 * empty.
 */
export class Queue {
  readonly #dealer: Dealer
  readonly #context: readonly Playable[]
  #entries: Entry[] = []
  #at = 0
  #pass = 0
  #shuffle: boolean
  #loop: boolean

  constructor(dealer: Dealer, { context, startIndex, shuffle, loop }: QueueStart) {
    this.#dealer = dealer
    this.#context = context
    this.#shuffle = shuffle
    this.#loop = loop
    const all = [...context.keys()]
    if (shuffle) {
      const rest = dealer.draw.shuffled(all.filter((index) => index !== startIndex))
      this.#appendContext(startIndex === null ? rest : [startIndex, ...rest])
    } else {
      this.#appendContext(all.slice(startIndex ?? 0))
    }
    if (this.#entries.length === 0 && !this.#extend()) throw new RangeError('a queue needs something to play')
  }

  get current(): Entry {
    const entry = this.#entries[this.#at]
    if (!entry) throw new RangeError('the queue has lost its place')
    return entry
  }

  get shuffle(): boolean {
    return this.#shuffle
  }

  get loop(): boolean {
    return this.#loop
  }

  /** Up to `count` entries after the current one, in playing order. */
  ahead(count: number): readonly Entry[] {
    while (this.#entries.length - this.#at - 1 < count && this.#extend());
    return this.#entries.slice(this.#at + 1, this.#at + 1 + count)
  }

  /** Up to `count` entries before the current one, the most recently played first. */
  behind(count: number): readonly Entry[] {
    return this.#entries.slice(Math.max(0, this.#at - count), this.#at).reverse()
  }

  /** Moves the position by one entry; false when there is none. */
  step(by: 1 | -1): boolean {
    if (by === 1 && this.ahead(1).length === 0) return false
    if (by === -1 && this.#at === 0) return false
    this.#at += by
    this.#forgetLongPast()
    return true
  }

  /** Moves the position to `entry`; false when it had left the queue and was inserted again. */
  moveTo(entry: Entry): boolean {
    const index = this.#entries.indexOf(entry)
    if (index < 0) {
      this.#entries.splice(this.#at + 1, 0, entry)
      this.#at++
      return false
    }
    this.#at = index
    this.#forgetLongPast()
    return true
  }

  /**
   * On: shuffles the rest of the context. Off: continues the context in its own order after the current
   * entry.
   */
  setShuffle(on: boolean): void {
    this.#shuffle = on
    const past = this.#entries.slice(0, this.#at + 1)
    const last = past.findLast(({ contextIndex }) => contextIndex !== null)
    this.#pass = last?.pass ?? this.#pass
    const played = new Set(
      past.filter(({ pass }) => pass === this.#pass).map(({ contextIndex }) => contextIndex),
    )
    const after = last?.contextIndex ?? -1
    const left = [...this.#context.keys()].filter((index) => (on ? !played.has(index) : index > after))
    const queued = this.#entries.slice(this.#at + 1).filter(({ origin }) => origin === 'queued')
    this.#entries = [...past, ...queued]
    this.#appendContext(on ? this.#dealer.draw.shuffled(left) : left)
  }

  /** On: the whole context repeats after its end. Off: removes the repetitions. */
  setLoop(on: boolean): void {
    this.#loop = on
    if (on) return
    const { pass } = this.current
    this.#pass = pass
    this.#entries = this.#entries.filter(
      (entry, i) => i <= this.#at || entry.pass <= pass || entry.origin === 'queued',
    )
  }

  /** Inserts right after the current entry, before entries that were inserted there earlier. */
  insertNext(playables: readonly Playable[]): readonly Entry[] {
    const entries = this.#dealQueued(playables)
    this.#entries.splice(this.#at + 1, 0, ...entries)
    return entries
  }

  /** Appends to the end of the queue. */
  insertLast(playables: readonly Playable[]): readonly Entry[] {
    const entries = this.#dealQueued(playables)
    this.#entries.push(...entries)
    return entries
  }

  all(): readonly Entry[] {
    return this.#entries
  }

  #dealQueued(playables: readonly Playable[]): Entry[] {
    const provenance = { origin: 'queued', contextIndex: null, pass: this.#pass } as const
    return playables.map((playable) => this.#dealer.deal(playable, provenance))
  }

  /** Appends at least one entry; false when the queue ends here. */
  #extend(): boolean {
    if (this.#loop && this.#context.length > 0) {
      this.#pass++
      const all = [...this.#context.keys()]
      this.#appendContext(this.#shuffle ? this.#dealer.draw.shuffled(all) : all)
      return true
    }
    const recent = new Set(this.#entries.slice(-RECENT).map(({ playable }) => playable.id))
    const playable = this.#dealer.recommend(recent)
    if (playable === null) return false
    this.#append(playable, { origin: 'recommended', contextIndex: null, pass: this.#pass })
    return true
  }

  #appendContext(indexes: readonly number[]): void {
    for (const contextIndex of indexes) {
      const playable = this.#context[contextIndex]
      if (playable) this.#append(playable, { origin: 'context', contextIndex, pass: this.#pass })
    }
  }

  #append(playable: Playable, provenance: Provenance): void {
    const sinceBreak =
      this.#entries.length - 1 - this.#entries.findLastIndex(({ origin }) => origin === 'break')
    const pause = this.#dealer.breakAfter(sinceBreak)
    if (pause) {
      const { pass } = provenance
      this.#entries.push(this.#dealer.deal(pause, { origin: 'break', contextIndex: null, pass }))
    }
    this.#entries.push(this.#dealer.deal(playable, provenance))
  }

  #forgetLongPast(): void {
    const surplus = this.#at - PAST_KEPT
    if (surplus <= 0) return
    this.#entries = this.#entries.slice(surplus)
    this.#at -= surplus
  }
}
