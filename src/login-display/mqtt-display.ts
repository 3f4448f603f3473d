import { errorFields, type Log } from '../base/log.ts'
import { encodeLogin } from './login-json.ts'
import type { LoginDisplay, PageDisplay } from './display.ts'

export interface MqttDisplayOptions {
  /** Sets a retained topic of this device, such as `login/qr`; zero bytes clear it. */
  readonly retain: (name: string, payload: string | Buffer, contentType?: string) => void
  readonly log: Log
}

/** Shows the sign-in on topics `login`, `login/status` and `login/qr`, and pages on `error/qr` (PNG bytes). */
export function createMqttDisplay({
  retain,
  log,
}: MqttDisplayOptions): LoginDisplay & PageDisplay & Clearable {
  const pictures = new Map<string, string | undefined>()

  const picture = (name: string, link: string | undefined): void => {
    pictures.set(name, link)
    if (link === undefined) {
      retain(name, '')
      return
    }
    draw(link).then(
      (png) => {
        // Another code may be shown by now, or none.
        if (pictures.get(name) === link) retain(name, png, 'image/png')
      },
      (error: unknown) => log.warn('The QR code could not be drawn', { topic: name, ...errorFields(error) }),
    )
  }

  return {
    show(login) {
      const isPending = login.state === 'awaiting_user'
      picture('login/qr', isPending ? login.verificationUriComplete : undefined)
      retain('login', JSON.stringify(encodeLogin(login)), 'application/json')
      retain('login/status', isPending ? 'pending' : 'idle')
    },
    showPage: ({ url }) => picture('error/qr', url),
    clearPage: () => picture('error/qr', undefined),
  }
}

interface Clearable {
  clearPage(): void
}

/** The library that draws is large and needed once in months. */
async function draw(link: string): Promise<Buffer> {
  const { pngQr } = await import('./png-qr.ts')
  return pngQr(link)
}
