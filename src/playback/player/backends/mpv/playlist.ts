import type { Entry } from './entry.ts'

/** What mpv may have on its playlist, and which of it is present. */
export class Playlist {
  readonly #entries = new Set<Entry>()
  #current: Entry | undefined
  /** The last one that mpv said it opens. */
  #opened: Entry | undefined
  /** It failed, and mpv has not yet confirmed that it stands still. */
  #failing: Entry | undefined

  get current(): Entry | undefined {
    return this.#current
  }

  /** The present one, once mpv is at it: what mpv says before is about the one it replaces. */
  get opened(): Entry | undefined {
    return this.#opened === this.#current ? this.#current : undefined
  }

  /** Nothing more is told of what was there before; `entry` is to come in its place. */
  begin(entry: Entry): void {
    this.clear()
    this.#current = entry
  }

  /** mpv is given it now. */
  add(entry: Entry): void {
    this.#entries.add(entry)
  }

  /**
   * mpv opens that one. After a failure this says nothing: mpv is being stopped. Nor does it while another one is about
   * to be loaded: that replaces whatever mpv has begun by itself.
   */
  goOnTo(mpvId: number): void {
    const entry = this.#byId(mpvId)
    if (entry === undefined || this.#failing !== undefined || this.#isLoading) return
    this.#current = entry
    this.#opened = entry
  }

  /** The present one, if mpv means that. */
  currentAs(mpvId: number): Entry | undefined {
    const entry = this.#byId(mpvId)
    return entry === this.#current ? entry : undefined
  }

  /** It has been played to its end. */
  finish(entry: Entry): void {
    this.#entries.delete(entry)
    this.#current = undefined
  }

  fail(entry: Entry): void {
    this.#current = undefined
    this.#failing = entry
  }

  /** Whether it is still that failure that mpv is stopped for, and nothing newer has come. */
  isFailing(entry: Entry): boolean {
    return this.#failing === entry
  }

  clear(): void {
    this.#entries.clear()
    this.#current = undefined
    this.#failing = undefined
  }

  /** A line of mpv's log. Of one that is opened early nothing more is said when its turn comes: each keeps it. */
  note(prefix: string, text: string): void {
    for (const entry of this.#entries) entry.trouble.note(prefix, text)
  }

  get #isLoading(): boolean {
    return this.#current !== undefined && this.#current.mpvId === undefined
  }

  #byId(mpvId: number): Entry | undefined {
    return [...this.#entries].find((entry) => entry.mpvId === mpvId)
  }
}
