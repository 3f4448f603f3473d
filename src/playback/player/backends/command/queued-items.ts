import { AppError } from '../../../../lib/errors.ts'
import type { PlayerItem } from '../../player.ts'

/** An item that the program has. */
export interface QueuedItem {
  readonly item: PlayerItem
  /** Preloaded, not current yet. */
  isNext: boolean
  hasStarted: boolean
  /** The error to publish when it becomes current. */
  failure: AppError | undefined
}

/**
 * The items that the program has: loaded or preloaded, until it has answered the command that removes them.
 * Before that, an item may still sound.
 */
export class QueuedItems {
  #all: readonly QueuedItem[] = []

  get all(): readonly QueuedItem[] {
    return this.#all
  }

  find(id: string): QueuedItem | undefined {
    return this.#all.find(({ item }) => item.id === id)
  }

  put(item: PlayerItem, isNext: boolean): QueuedItem {
    const lying: QueuedItem = { item, isNext, hasStarted: false, failure: undefined }
    this.#all = [...this.#all, lying]
    return lying
  }

  takeOff(gone: readonly QueuedItem[]): void {
    this.#all = this.#all.filter((lying) => !gone.includes(lying))
  }
}
