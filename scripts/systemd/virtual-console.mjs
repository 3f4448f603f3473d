import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'

/** Pixels of a character of the console: 8 by 16, as the usual fonts have it. */
const width = 8
const height = 16

/** Whether this machine's kernel has virtual consoles that can be read back; a container may have none. */
export const hasVirtualConsoles = existsSync('/dev/tty0') && existsSync('/dev/vcsu')

/**
 * One of this machine's own virtual consoles, as the kernel draws it: nobody sees it but us, who read back what it
 * shows. Take a number that nothing else uses.
 *
 * @param {number} number
 */
export function virtualConsole(number) {
  const path = `/dev/tty${number}`
  // Each time anew: whoever takes the console for a login hangs up on all who have it open.
  const write = (text) => {
    const opened = openSync(path, 'r+')
    writeSync(opened, text)
    closeSync(opened)
  }
  write('\u001bc')
  const stty = (...args) => {
    const { status, stderr } = spawnSync('stty', ['-F', path, ...args], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`stty ${args.join(' ')}: ${stderr}`)
  }
  const look = () => {
    const codes = readFileSync(`/dev/vcsu${number}`)
    const [rows, columns, ...shown] = readFileSync(`/dev/vcsa${number}`)
    const cells = Array.from({ length: rows * columns }, (_, at) => ({
      character: String.fromCodePoint(codes.readUInt32LE(4 * at) || 0x20),
      colours: shown[2 + 2 * at + 1],
    }))
    return Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns))
  }
  return {
    path,
    resize: (rows, columns) => stty('rows', String(rows), 'cols', String(columns)),
    clear: () => write('\u001b[0m\u001b[H\u001b[2J\u001b[3J'),
    /** What stands on it, a line for each row. */
    text: () =>
      look()
        .map((row) =>
          row
            .map(({ character }) => character)
            .join('')
            .trimEnd(),
        )
        .join('\n'),
    /** What a phone reads from it; undefined when it finds no code. */
    qr: () => readQr(picture(look())),
    close() {
      stty('rows', '25', 'cols', '80')
      write('\u001bc')
    },
  }
}

/** @returns {Buffer} a binary PGM file */
function picture(rows) {
  const columns = rows[0].length
  const pixels = Buffer.alloc(rows.length * height * columns * width)
  rows.forEach((row, y) => {
    row.forEach(({ character, colours }, x) => {
      const [ink, paper] = [shade(colours & 15), shade((colours >> 4) & 7)]
      for (let line = 0; line < height; line++) {
        const upper = line < height / 2
        const start = ((y * height + line) * columns + x) * width
        pixels.fill(greyOf(character, ink, paper, upper), start, start + width)
      }
    })
  })
  const header = `P5\n${columns * width} ${rows.length * height}\n255\n`
  return Buffer.concat([Buffer.from(header, 'latin1'), pixels])
}

function greyOf(character, ink, paper, upper) {
  if (character === ' ') return paper
  if (character === '█') return ink
  if (character === '▀') return upper ? ink : paper
  if (character === '▄') return upper ? paper : ink
  // Letters: something between.
  return Math.round((ink + paper) / 2)
}

/** Of the sixteen colours of the console, as the kernel sets them: 170 for each part, 85 more when bright. */
function shade(colour) {
  const parts = [1, 2, 4].filter((part) => (colour & part) !== 0).length
  return (parts / 3) * 170 + (colour > 7 ? 85 : 0)
}

function readQr(pgm) {
  const only = ['--set', '*.enable=0', '--set', 'qrcode.enable=1']
  const { status, stdout, stderr } = spawnSync('zbarimg', ['--quiet', '--raw', ...only, 'pgm:-'], {
    input: pgm,
    encoding: 'utf8',
  })
  if (status === 0) return stdout.trim()
  // 4: no code found.
  if (status === 4) return undefined
  throw new Error(`zbarimg failed: ${stderr}`)
}
