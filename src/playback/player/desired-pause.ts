/** Whether the player is to be paused. A wish that it refuses gives way to the last one that it did not refuse. */
export class DesiredPause {
  #isPaused = false
  /** The last wish that was not refused. */
  #wasPaused = false
  /** Counts the wishes, so that the refusal of an older one is told apart. */
  #wishes = 0

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** With another item nothing that was wished of the one before counts. */
  begin(isPaused: boolean): void {
    this.#wishes++
    this.#isPaused = isPaused
    this.#wasPaused = isPaused
  }

  /**
   * It is wished from now on, while the player is asked.
   *
   * @returns where to say what the player makes of it
   */
  wish(isPaused: boolean): { readonly taken: () => void; readonly refused: () => void } {
    const wish = ++this.#wishes
    this.#isPaused = isPaused
    return {
      taken: () => {
        this.#wasPaused = isPaused
      },
      refused: () => {
        if (this.#wishes === wish) this.#isPaused = this.#wasPaused
      },
    }
  }
}
