import { toBuffer } from 'qrcode'

/**
 * Pixels per module. The code of a sign-in URL (29 modules and the quiet zone) becomes 444 pixels wide, which
 * a dashboard's picture card shows without blurring it.
 */
const pixelsPerModule = 12

/**
 * `text` as a QR code in a PNG: dark on light, quiet zone of four modules, error level M (a dashboard may
 * cover a part with a rounded corner or a badge). Load this file only when a PNG is needed: the library is
 * large.
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
