import { credentials } from './credentials.mjs'
import { deaths } from './deaths.mjs'
import { firstStart } from './first-start.mjs'
import { hostile } from './hostile.mjs'
import { play } from './play.mjs'
import { quiet } from './quiet.mjs'
import { readOnly } from './read-only.mjs'
import { unitFiles } from './unit-files.mjs'
import { walls } from './walls.mjs'

/**
 * One life of a box, from the unit on the disk on.
 *
 * @param {import('./box.mjs').Box} box booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must `prove` may give a figure to show
 * @param {{ mpv: boolean }} options
 */
export async function story(box, must, options) {
  await unitFiles(box, must)
  await walls(box, must)
  await firstStart(box, must)
  await hostile(box, must)
  await quiet(box, must)
  await play(box, must, options)
  await deaths(box, must)
  await credentials(box, must)
  await readOnly(box, must)
}
