import type { Entry } from './entry.ts'
import type { MpvLink } from './mpv-link.ts'
import { secondsAsMs } from './mpv-message.ts'

/**
 * The commands of mpv that are used here. Each resolves when mpv has accepted it.
 *
 * @throws AppError from each, as {@link MpvLink.ask}
 */
export class MpvCommands {
  readonly #link: Pick<MpvLink, 'ask' | 'read'>

  constructor(link: Pick<MpvLink, 'ask' | 'read'>) {
    this.#link = link
  }

  /**
   * Adds the entry to mpv's playlist.
   *
   * @param how replaces the whole playlist, or appends: if the current entry has ended meanwhile, the new one
   *   starts at once
   * @returns mpv's id of the entry
   */
  async load({ item, address }: Entry, how: 'replace' | 'append-play'): Promise<number | undefined> {
    const { url, headers } = address
    const options = {
      // Only when needed: mpv starts there by a seek, which drops sound of the item before that the sound
      // card has not played yet.
      ...(item.positionMs > 0 ? { start: String(item.positionMs / 1000) } : {}),
      ...(headers === '' ? {} : { 'http-header-fields': headers }),
    }
    // Named arguments: the order of loadfile's arguments has changed between versions.
    const taken = await this.#link.ask({ name: 'loadfile', url, flags: how, options })
    return (taken as { readonly playlist_entry_id?: number } | undefined)?.playlist_entry_id
  }

  /** Removes the following entries from the playlist. */
  async dropFollowing(): Promise<void> {
    await this.#link.ask(['playlist-clear'])
  }

  /** Sets whether mpv opens the following entry early, with the headers of the current one. */
  setPrefetch(isOn: boolean): Promise<void> {
    return this.#set('prefetch-playlist', isOn)
  }

  /** Removes all entries from the playlist. */
  async stop(): Promise<void> {
    await this.#link.ask(['stop'])
  }

  setPaused(isPaused: boolean): Promise<void> {
    return this.#set('pause', isPaused)
  }

  async seek(positionMs: number): Promise<void> {
    await this.#link.ask(['seek', positionMs / 1000, 'absolute+exact'])
  }

  /** @param percent 0-100, cubic as in `Player.setVolume` */
  setVolume(percent: number): Promise<void> {
    return this.#set('volume', percent)
  }

  setMuted(isMuted: boolean): Promise<void> {
    return this.#set('mute', isMuted)
  }

  /** Position of the current entry, in milliseconds; undefined: mpv does not know it now. */
  async positionMs(): Promise<number | undefined> {
    const seconds = await this.#link.read('time-pos')
    // Slightly negative at the very start.
    return typeof seconds === 'number' ? secondsAsMs(Math.max(seconds, 0)) : undefined
  }

  async #set(property: string, value: unknown): Promise<void> {
    await this.#link.ask(['set_property', property, value])
  }
}
