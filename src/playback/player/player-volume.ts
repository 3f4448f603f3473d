import type { PlayerInstance } from './player-instance.ts'

/** Volume and mute as they are wished, for each life of a player. What was never wished is left to the player. */
export class PlayerVolume {
  #percent: number | undefined
  #isMuted: boolean | undefined

  /**
   * @param percent 0-100, cubic as the port's
   * @param life the one that runs, if one does
   * @throws AppError the life refuses it; the next one is told all the same
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
   * Gives both to a life that has just begun, with the full volume. Resolves when it has what is wished by then.
   *
   * @throws AppError the life refuses it
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
