import qrcode from 'qrcode-terminal'

/** A QR code as lines of text for a terminal. */
export interface TerminalQr {
  /** Each line ends with a line feed and leaves the terminal's colours as they were. */
  readonly text: string
  readonly columns: number
  readonly rows: number
}

/**
 * `half`: two modules in one character (▀ ▄ █): compact, for terminal programs and ssh.
 * `full`: two spaces for one module: for Linux's own console, whose fonts have no half blocks (measured: Lat15, Lat2
 * and Uni2 of Debian's console-setup).
 */
export type Blocks = 'half' | 'full'

/**
 * Light on dark in colours of the 256-colour cube (231 white, 16 black). Themes remap the sixteen basic
 * colours and the terminal's default ones, which would invert the code on a light background.
 */
const light = { ink: '\u001b[38;5;231m', ground: '\u001b[48;5;231m' }
const dark = { ground: '\u001b[48;5;16m' }
const reset = '\u001b[0m'

/** ISO/IEC 18004 asks for a quiet zone of four modules; the library draws one. */
const quietModules = 4
const drawnModules = 1

/**
 * Draws `text` as a QR code with its quiet zone, at error level L (a screen has no scratches, and a small
 * code needs fewer columns). Undefined when the text is too long.
 */
export function terminalQr(text: string, blocks: Blocks): TerminalQr | undefined {
  const lines = draw(text)
  if (lines === undefined) return undefined
  const padded = pad(lines)
  const painted = blocks === 'half' ? padded.map(paintHalf) : padded.flatMap(paintFull)
  return {
    text: painted.map((line) => `${line}${reset}\n`).join(''),
    columns: (padded[0]?.length ?? 0) * (blocks === 'half' ? 1 : 2),
    rows: painted.length,
  }
}

/** The library's small form: one character for two modules, light ones drawn, one module of quiet zone. */
function draw(text: string): readonly string[] | undefined {
  // The library encodes the low byte of each character, and readers decode the bytes as UTF-8.
  const bytes = Buffer.from(text).toString('latin1')
  let drawing: string | undefined
  try {
    qrcode.generate(bytes, { small: true }, (made) => (drawing = made))
  } catch {
    // The library throws a string when no QR code can hold the data.
    return undefined
  }
  return drawing?.trimEnd().split('\n')
}

/**
 * Widens the quiet zone. At the top the library's half line becomes a whole one, so the code has four or more
 * modules above and below.
 */
function pad(lines: readonly string[]): readonly string[] {
  const side = '█'.repeat(quietModules - drawnModules)
  const body = lines.slice(1).map((line) => `${side}${line}${side}`)
  const blank = '█'.repeat((body[0] ?? '').length)
  return [blank, blank, ...body, blank, blank]
}

function paintHalf(line: string): string {
  return `${light.ink}${dark.ground}${line}`
}

/** Paints one line of half blocks as two lines of coloured spaces. */
function paintFull(line: string): readonly string[] {
  const row = (lightIn: string): string =>
    Array.from(line, (block) => `${lightIn.includes(block) ? light.ground : dark.ground}  `).join('')
  return [row('█▀'), row('█▄')]
}
