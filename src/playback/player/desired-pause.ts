/** The desired pause state. If the player refuses a change, the last state that it did not refuse applies. */
export class DesiredPause {
  #isPaused = false
  /** The last desired state that was not refused. */
  #wasPaused = false
  /** Counts changes, to recognize the refusal of an older one. */
  #wishes = 0

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Starts another item; earlier changes no longer count. */
  begin(isPaused: boolean): void {
    this.#wishes++
    this.#isPaused = isPaused
    this.#wasPaused = isPaused
  }

  /**
   * Sets the desired state, while the player is asked.
   *
   * @returns callbacks for the player's reply
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
