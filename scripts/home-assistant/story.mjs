import { mediaPlayer } from './media-player.mjs'
import { play } from './playing.mjs'
import { openScreen } from './screen.mjs'
import { signIn } from './sign-in.mjs'
import { upheavals } from './upheavals.mjs'

/**
 * One life of the agent in Home Assistant, from the first start on.
 *
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {(what: string, prove: () => Promise<void>) => Promise<void>} must
 * @param {{ pictures: boolean }} options
 */
export async function story(house, must, options) {
  const screen = await openScreen(house, options)
  await signIn(house, must, screen)
  await play(house, must, screen)
  await mediaPlayer(house, must)
  await upheavals(house, must)
  await screen.close()
}
