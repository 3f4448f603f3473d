import type { ManualClock } from '../../support/clocks/manual-clock.ts'
import type { OpenPlayer, Player, PlayerItem } from '../../../src/playback/player/player.ts'
import { createNonePlayer } from '../../../src/playback/player/backends/none.ts'

/** Player `none`, whose sound stands still from {@link stall} to {@link recover}, as on a poor network. */
export class StutteringPlayer {
  #life: { readonly stall: () => void; readonly recover: () => void } | undefined

  /** Nothing to do when nothing sounds. */
  stall(): void {
    this.#life?.stall()
  }

  recover(): void {
    this.#life?.recover()
  }

  readonly make = (clock: ManualClock): OpenPlayer => {
    return async (onEvent, signal): Promise<Player> => {
      let on: string | undefined
      let isPaused = false
      let isStalled = false
      const none = await createNonePlayer(clock)((event) => {
        if (event.type === 'started') on = event.id
        if (event.type === 'ended' && on === event.id) on = undefined
        onEvent(event)
      }, signal)
      const whole = { load: none.load.bind(none), play: none.play.bind(none), pause: none.pause.bind(none), stop: none.stop.bind(none) } // prettier-ignore
      this.#life = {
        stall() {
          if (on === undefined || isPaused || isStalled) return
          isStalled = true
          void whole.pause()
          onEvent({ type: 'buffering', id: on })
        },
        recover() {
          if (on === undefined || !isStalled) return
          isStalled = false
          if (isPaused) return
          onEvent({ type: 'rebuffered', id: on })
          void whole.play()
        },
      }
      const over = (): void => {
        on = undefined
        isStalled = false
      }
      return Object.assign(none, {
        load(item: PlayerItem, paused: boolean) {
          over()
          isPaused = paused
          return whole.load(item, paused)
        },
        play() {
          isPaused = false
          return isStalled ? Promise.resolve() : whole.play()
        },
        pause() {
          isPaused = true
          return whole.pause()
        },
        stop() {
          over()
          return whole.stop()
        },
      })
    }
  }
}
