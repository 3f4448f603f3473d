import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { TestContext } from 'node:test'

import { eventually, within } from '../eventually.ts'
import { Inbox } from '../inbox.ts'
import { tempFolder } from '../temp-folder.ts'
import { requireTool, toolPath } from '../tools.ts'

/** For the `skip` option of a test: why there is no browser, or false. */
export const noBrowser: string | false = requireTool('chromium')

/** How a page is displayed. */
export interface Screen {
  readonly width: number
  readonly height: number
  /** The colour scheme set on the user's device. */
  readonly scheme?: 'light' | 'dark'
  /** Accept-Language. */
  readonly language?: string
}

/** A tab of a real browser that emulates a phone with a touch screen. */
export interface Page {
  open(url: string, screen?: Screen): Promise<void>
  /** The value of a JavaScript expression in the page. */
  look<T>(expression: string): Promise<T>
  /**
   * Touches the first element that matches a CSS selector, and waits until `holds` is true in the resulting
   * page.
   */
  tap(selector: string, holds: string): Promise<void>
  /** Types into the element that has the focus. */
  type(text: string): Promise<void>
  /** PNG of the visible part, or of the whole page. */
  picture(whole?: boolean): Promise<Buffer>
}

/** A message from DevTools: the answer to a call, or an event. */
interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

const patienceMs = 30_000
const phone: Screen = { width: 360, height: 740 }

/**
 * Debian's headless Chromium. Its DevTools protocol uses two pipes instead of a port; the browser ends when
 * they close.
 */
export async function openBrowser(t: TestContext): Promise<Page> {
  const child = spawn(
    toolPath('chromium') ?? 'chromium',
    [
      '--headless',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--remote-debugging-pipe',
      `--user-data-dir=${tempFolder(t)}`,
      // Chromium cannot use its sandbox as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const gone = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await within('the end of the browser', gone)
  })
  const [toBrowser, fromBrowser] = child.stdio.slice(3) as unknown as [Writable, Readable]
  const messages = new Inbox<Message>()
  let rest = ''
  fromBrowser.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\0')
    rest = parts.pop() ?? ''
    for (const part of parts) messages.push(JSON.parse(part) as Message)
  })
  toBrowser.on('error', () => undefined)

  let calls = 0
  const send = async (
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const id = ++calls
    toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    const { result, error } = await messages.next(method, (message) => message.id === id, patienceMs)
    if (result === undefined) throw new Error(`${method}: ${error?.message ?? 'no result'}`)
    return result
  }
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
  const call = (method: string, params: object = {}): ReturnType<typeof send> =>
    send(method, params, sessionId as string)
  const { userAgent } = await call('Browser.getVersion')
  await call('Emulation.setTouchEmulationEnabled', { enabled: true })

  const look = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, returnByValue: true })
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { readonly value: T }).value
  }
  const until = async (expression: string): Promise<void> => {
    await eventually(expression, () =>
      // While a page is replaced by the next, expressions fail.
      look<boolean>(`document.readyState === 'complete' && (${expression})`).catch(() => false),
    )
  }

  /**
   * An element can only be touched once it is drawn, and a headless page may not be drawn: take a screenshot.
   */
  const draw = (): ReturnType<typeof call> =>
    call('Page.captureScreenshot', { clip: { x: 0, y: 0, width: 1, height: 1, scale: 1 } })

  return {
    look,
    async open(url, screen = phone) {
      const { width, height, scheme = 'light', language = 'en-US' } = screen
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 2, mobile: true })
      const features = [{ name: 'prefers-color-scheme', value: scheme }]
      await call('Emulation.setEmulatedMedia', { features })
      await call('Emulation.setUserAgentOverride', { userAgent, acceptLanguage: language })
      await call('Page.navigate', { url })
      await until(`location.href === ${JSON.stringify(new URL(url).href)}`)
      await draw()
    },
    async tap(selector, holds) {
      const [x, y] = await look<[number, number]>(`(() => {
        const element = document.querySelector(${JSON.stringify(selector)})
        element.scrollIntoView({ block: 'center' })
        const { x, y, width, height } = element.getBoundingClientRect()
        return [x + width / 2, y + height / 2]
      })()`)
      // In parallel: on a busy machine the answer to the first may be so late that the touch becomes a long
      // press.
      await Promise.all([
        call('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] }),
        call('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] }),
      ])
      await until(holds)
    },
    async type(text) {
      // The page sets the focus itself, some time after it is complete.
      await until('document.activeElement instanceof HTMLInputElement')
      await call('Input.insertText', { text })
    },
    async picture(whole = false) {
      const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: whole })
      return Buffer.from(data as string, 'base64')
    },
  }
}
