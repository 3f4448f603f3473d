import type { PlayerInstance } from './player-instance.ts'

/**
 * Desired volume and mute, for each instance of a player. Before the first command the player keeps its own.
 */
export class PlayerVolume {
  #percent: number | undefined
  #isMuted: boolean | undefined

  /**
   * @param percent 0-100, cubic as in `Player.setVolume`
   * @param life the running instance, if any
   * @throws AppError the instance refuses it; the next one gets it all the same
   */
  async set(percent: number, life: PlayerInstance | undefined): Promise<void> {
    this.#percent = percent
    await life?.send((player) => player.setVolume(percent))
  }

  /** @throws as {@link set} */
  async setMuted(isMuted: boolean, life: PlayerInstance | undefined): Promise<void> {
    this.#isMuted = isMuted
    await life?.send((player) => player.setMuted(isMuted))
  }

  /**
   * Sets both in a new instance, which starts at full volume. Resolves when it has the state desired by then.
   *
   * @throws AppError the instance refuses it
   */
  async prepare(life: PlayerInstance): Promise<void> {
    let isReady = false
    while (!isReady && !life.isOver) {
      const percent = this.#percent
      const isMuted = this.#isMuted
      if (percent !== undefined) await life.send((player) => player.setVolume(percent))
      if (isMuted !== undefined) await life.send((player) => player.setMuted(isMuted))
      isReady = percent === this.#percent && isMuted === this.#isMuted
    }
  }
}
