import type { Entry } from './entry.ts'

/** The entries that mpv may have on its playlist, and which of them is current. */
export class Playlist {
  readonly #entries = new Set<Entry>()
  #current: Entry | undefined
  /** The entry that mpv opened last. */
  #opened: Entry | undefined
  /** The entry that failed, until mpv has confirmed the stop. */
  #failing: Entry | undefined

  get current(): Entry | undefined {
    return this.#current
  }

  /** The current entry, once mpv has opened it: earlier messages are about the one it replaces. */
  get opened(): Entry | undefined {
    return this.#opened === this.#current ? this.#current : undefined
  }

  /** Makes `entry` the current one. No more events of the entries before. */
  begin(entry: Entry): void {
    this.clear()
    this.#current = entry
  }

  /** The entry is sent to mpv now. */
  add(entry: Entry): void {
    this.#entries.add(entry)
  }

  /**
   * mpv opens that entry. Ignored after a failure, because mpv is being stopped, and while another entry is
   * being loaded, because that replaces whatever mpv has started by itself.
   */
  goOnTo(mpvId: number): void {
    const entry = this.#byId(mpvId)
    if (entry === undefined || this.#failing !== undefined || this.#isLoading) return
    this.#current = entry
    this.#opened = entry
  }

  /** The current entry, if mpv means that one. */
  currentAs(mpvId: number): Entry | undefined {
    const entry = this.#byId(mpvId)
    return entry === this.#current ? entry : undefined
  }

  /** The entry was played to its end. */
  finish(entry: Entry): void {
    this.#entries.delete(entry)
    this.#current = undefined
  }

  fail(entry: Entry): void {
    this.#current = undefined
    this.#failing = entry
  }

  /** Whether mpv is still being stopped for that failure, and nothing newer has come. */
  isFailing(entry: Entry): boolean {
    return this.#failing === entry
  }

  clear(): void {
    this.#entries.clear()
    this.#current = undefined
    this.#failing = undefined
  }

  /**
   * A line of mpv's log goes to all entries: mpv logs nothing again when an entry that it opened early
   * becomes current.
   */
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
