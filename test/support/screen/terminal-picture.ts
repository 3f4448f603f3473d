/**
 * Renders what a terminal shows for `text` as a grey image: SGR colours, half blocks, a chosen background.
 */
export interface Ground {
  /** The default colours, 0 (black) to 255. */
  readonly ink: number
  readonly paper: number
}

export const darkGround: Ground = { ink: 210, paper: 12 }
export const lightGround: Ground = { ink: 30, paper: 250 }

interface Cell {
  readonly character: string
  readonly ink: number
  readonly paper: number
}

/** Size of a character in pixels: a half block is square, as in most fonts. */
const cellWidth = 6
const cellHeight = 12

/** The terminal's content as a binary PGM file, `columns` wide and as high as needed. */
export function terminalPicture(text: string, ground: Ground, columns = 100): Buffer {
  const rows = cells(text, ground, columns)
  const blank: Cell = { character: ' ', ink: ground.ink, paper: ground.paper }
  const screen = [[], ...rows, []].map((row) => Array.from({ length: columns }, (_, x) => row[x] ?? blank))
  const pixels = Buffer.alloc(columns * cellWidth * screen.length * cellHeight)
  screen.forEach((row, y) => {
    row.forEach((cell, x) => {
      for (let py = 0; py < cellHeight; py++) {
        const start = (y * cellHeight + py) * columns * cellWidth + x * cellWidth
        pixels.fill(shade(cell, py < cellHeight / 2), start, start + cellWidth)
      }
    })
  })
  const header = `P5\n${columns * cellWidth} ${screen.length * cellHeight}\n255\n`
  return Buffer.concat([Buffer.from(header, 'latin1'), pixels])
}

function shade({ character, ink, paper }: Cell, upper: boolean): number {
  switch (character) {
    case ' ':
      return paper
    case '█':
      return ink
    case '▀':
      return upper ? ink : paper
    case '▄':
      return upper ? paper : ink
    default:
      // Letters are grey, so that text looks neither like background nor like a block.
      return Math.round((ink + paper) / 2)
  }
}

function cells(text: string, ground: Ground, columns: number): Cell[][] {
  const rows: Cell[][] = [[]]
  let ink = ground.ink
  let paper = ground.paper
  for (const [token, sequence] of text.matchAll(/\u001b\[([0-9;]*)m|\u001b\[[?0-9;]*[A-Za-z]|[^]/gu)) {
    if (sequence !== undefined) ({ ink, paper } = colours(sequence, { ink, paper }, ground))
    else if (token === '\n') rows.push([])
    else if (token >= ' ') {
      let row = rows.at(-1)
      if (row?.length === columns) rows.push((row = []))
      row?.push({ character: token, ink, paper })
    }
  }
  return rows
}

function colours(sequence: string, now: Ground, ground: Ground): Ground {
  let { ink, paper } = now
  const codes = sequence.split(';').map(Number)
  for (let code = codes.shift(); code !== undefined; code = codes.shift()) {
    if (code === 0) ({ ink, paper } = ground)
    else if (code === 38 || code === 48) {
      if (codes.shift() !== 5) throw new Error(`${sequence}: only 256-colour sequences are known here`)
      const grey = cube(codes.shift() ?? 0, ground)
      if (code === 38) ink = grey
      else paper = grey
    } else if (code >= 30 && code <= 37) ink = themed(code - 30, ground)
    else if (code >= 40 && code <= 47) paper = themed(code - 40, ground)
    else if (code === 39) ink = ground.ink
    else if (code === 49) paper = ground.paper
    else throw new Error(`${sequence}: code ${code} is not known here`)
  }
  return { ink, paper }
}

/** Colours 16 to 255 are fixed: a cube of 6 × 6 × 6 and a ramp of greys (xterm's 256colres.h). */
function cube(index: number, ground: Ground): number {
  if (index < 16) return themed(index % 8, ground)
  if (index >= 232) return 8 + (index - 232) * 10
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40)
  const n = index - 16
  return Math.round((level(Math.floor(n / 36)) + level(Math.floor(n / 6) % 6) + level(n % 6)) / 3)
}

/** The sixteen basic colours depend on the theme. Themes with a light background swap black and white. */
function themed(index: number, ground: Ground): number {
  const share = index / 7
  return Math.round(ground.paper * (1 - share) + ground.ink * share)
}
