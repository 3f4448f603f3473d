import { createHash } from 'node:crypto'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { squarePng, type Colour } from './png.ts'

const DEFAULT_SIZE = 500
const MAX_SIZE = 2400
const KEPT = 64

/** Rendered covers, newest last. */
const drawn = new Map<string, Buffer>()

/** `GET /covers/{id}.png?size=500`: a distinct cover for each album, artist, playlist or station. */
export function cover(call: Call): Answer {
  const id = call.param('file').replace(/\.png$/, '')
  const asked = Number(call.query.get('size') ?? DEFAULT_SIZE)
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_SIZE) : DEFAULT_SIZE
  const body = draw(id, size)
  return { status: 200, headers: { 'content-type': 'image/png', 'cache-control': 'max-age=86400' }, body }
}

function draw(id: string, size: number): Buffer {
  const key = `${id} ${size}`
  const known = drawn.get(key)
  if (known) return known
  const png = picture(id, size)
  drawn.set(key, png)
  const [oldest] = drawn.keys()
  if (drawn.size > KEPT && oldest !== undefined) drawn.delete(oldest)
  return png
}

/** Tilted stripes under a disc. Colours, tilt and positions come from a digest of the id. */
function picture(id: string, size: number): Buffer {
  const digest = createHash('sha256').update(id).digest()
  const of = (i: number): number => digest[i] ?? 0
  const colour = (i: number): Colour => [of(i), of(i + 1), of(i + 2)]
  const tilt = (of(9) / 255) * Math.PI
  const stripe = size / (4 + (of(10) % 8))
  const [centreX, centreY] = [size * (0.3 + of(11) / 640), size * (0.3 + of(12) / 640)]
  const radius = size * (0.15 + of(13) / 1500)
  const [across, down] = [Math.cos(tilt), Math.sin(tilt)]
  return squarePng(size, [colour(0), colour(3), colour(6)], (x, y) => {
    if (Math.hypot(x - centreX, y - centreY) < radius) return 2
    return Math.abs(Math.floor((x * across + y * down) / stripe)) % 2
  })
}
