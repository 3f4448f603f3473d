import { errorFields, type Log } from '../lib/log.ts'
import { encodeLogin } from './login-json.ts'
import type { LoginDisplay, PageDisplay } from './display.ts'

export interface MqttDisplayOptions {
  /** Sets a retained topic of this device, such as `login/qr`; zero bytes clear it. */
  readonly retain: (name: string, payload: string | Buffer, contentType?: string) => void
  readonly log: Log
}

/**
 * Shows the sign-in on topics `login`, `login/status` and `login/qr`, and pages on `error/qr` (PNG bytes).
 * The status `pending` is published after the QR code: a client that then reads `login/qr` must find one.
 */
export function createMqttDisplay({
  retain,
  log,
}: MqttDisplayOptions): LoginDisplay & PageDisplay & Clearable {
  const pictures = new Map<string, string | undefined>()

  const noPicture = (name: string): void => {
    pictures.delete(name)
    retain(name, '')
  }

  const picture = async (name: string, link: string): Promise<void> => {
    pictures.set(name, link)
    let png: Buffer | undefined
    try {
      png = await draw(link)
    } catch (error) {
      log.warn('The QR code could not be drawn', { topic: name, ...errorFields(error) })
    }
    // Another code may be shown by now, or none.
    if (pictures.get(name) !== link) return
    if (png !== undefined) retain(name, png, 'image/png')
    if (name === 'login/qr') retain('login/status', 'pending')
  }

  return {
    show(login) {
      retain('login', JSON.stringify(encodeLogin(login)), 'application/json')
      if (login.state === 'awaiting_user') {
        void picture('login/qr', login.verificationUriComplete)
      } else {
        retain('login/status', 'idle')
        noPicture('login/qr')
      }
    },
    showPage: ({ url }) => void picture('error/qr', url),
    clearPage: () => noPicture('error/qr'),
  }
}

interface Clearable {
  clearPage(): void
}

/** Loaded on demand: the library is large and needed once in months. */
async function draw(link: string): Promise<Buffer> {
  const { pngQr } = await import('./png-qr.ts')
  return pngQr(link)
}
