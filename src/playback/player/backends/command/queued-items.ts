import { AppError } from '../../../../lib/errors.ts'
import type { PlayerItem } from '../../player.ts'

/** One item the program knows. */
export interface QueuedItem {
  readonly item: PlayerItem
  /** Preloaded: its turn has not come. */
  isNext: boolean
  hasStarted: boolean
  /** What it will fail with when its turn comes. */
  failure: AppError | undefined
}

/**
 * The items that lie on the program: what was loaded or preloaded, until a later command that took it off is
 * answered. Before that it may still be what sounds.
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
