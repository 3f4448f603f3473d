import type { Entry } from './entry.ts'
import type { MpvLink } from './mpv-link.ts'
import { secondsAsMs } from './mpv-message.ts'

/**
 * What is asked of mpv, in its words. Each resolves when mpv has taken it.
 *
 * @throws AppError from each, as {@link MpvLink.ask}
 */
export class MpvCommands {
  readonly #link: Pick<MpvLink, 'ask' | 'read'>

  constructor(link: Pick<MpvLink, 'ask' | 'read'>) {
    this.#link = link
  }

  /**
   * Puts it on mpv's playlist.
   *
   * @param how in place of all that is there, or as what follows: should the present one have ended in the meantime,
   *   it begins at once
   * @returns mpv's id of it
   */
  async load({ item, address }: Entry, how: 'replace' | 'append-play'): Promise<number | undefined> {
    const { url, headers } = address
    const options = {
      // Only where it is needed: mpv goes there by a seek, which drops what the sound card still has of the item before.
      ...(item.positionMs > 0 ? { start: String(item.positionMs / 1000) } : {}),
      ...(headers === '' ? {} : { 'http-header-fields': headers }),
    }
    // In the named form: the order of loadfile's arguments has changed between versions.
    const taken = await this.#link.ask({ name: 'loadfile', url, flags: how, options })
    return (taken as { readonly playlist_entry_id?: number } | undefined)?.playlist_entry_id
  }

  /** Takes what follows off the playlist. */
  async dropFollowing(): Promise<void> {
    await this.#link.ask(['playlist-clear'])
  }

  /** Whether mpv opens what follows early, with the headers of the present one. */
  setPrefetch(isOn: boolean): Promise<void> {
    return this.#set('prefetch-playlist', isOn)
  }

  /** Takes everything off the playlist. */
  async stop(): Promise<void> {
    await this.#link.ask(['stop'])
  }

  setPaused(isPaused: boolean): Promise<void> {
    return this.#set('pause', isPaused)
  }

  async seek(positionMs: number): Promise<void> {
    await this.#link.ask(['seek', positionMs / 1000, 'absolute+exact'])
  }

  /** @param percent 0-100, which mpv takes as the port does: cubic */
  setVolume(percent: number): Promise<void> {
    return this.#set('volume', percent)
  }

  setMuted(isMuted: boolean): Promise<void> {
    return this.#set('mute', isMuted)
  }

  /** Where the present one is, in milliseconds; undefined: mpv does not know now. */
  async positionMs(): Promise<number | undefined> {
    const seconds = await this.#link.read('time-pos')
    // A little before 0 at the very start.
    return typeof seconds === 'number' ? secondsAsMs(Math.max(seconds, 0)) : undefined
  }

  async #set(property: string, value: unknown): Promise<void> {
    await this.#link.ask(['set_property', property, value])
  }
}
