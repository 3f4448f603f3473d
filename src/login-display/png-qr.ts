import { toBuffer } from 'qrcode'

/**
 * Pixels for one module: a code for a sign-in URL (29 modules and the quiet zone) becomes 444 pixels wide, which a
 * dashboard's picture card shows without enlarging it to a blur.
 */
const pixelsPerModule = 12

/**
 * `text` as a QR code in a PNG file: dark on light, quiet zone of four modules, error level M (a dashboard may put a
 * rounded corner or a badge over it). Load this file only when a picture is wanted: the library is large.
 *
 * @throws Error when `text` is too long for a QR code
 */
export function pngQr(text: string): Promise<Buffer> {
  return toBuffer(text, {
    type: 'png',
    errorCorrectionLevel: 'M',
    margin: 4,
    scale: pixelsPerModule,
    color: { dark: '#000000ff', light: '#ffffffff' },
  })
}
