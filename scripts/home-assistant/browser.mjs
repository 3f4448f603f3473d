import { mkdtempSync, rmSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { within } from '../bench/processes.mjs'

/** Chromium without a window, driven over a pipe by its DevTools protocol. */
export async function openBrowser() {
  const folder = mkdtempSync(join(tmpdir(), 'a2m-browser-'))
  const child = spawn(
    'chromium',
    [
      '--headless=new',
      '--remote-debugging-pipe',
      `--user-data-dir=${folder}`,
      '--no-first-run',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      '--lang=en-US',
      // Nothing beyond this machine is asked for.
      '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      // Its sandbox refuses to run as root; the only pages are our own.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  process.once('exit', () => child.kill('SIGKILL'))
  const [, , , input, output] = child.stdio
  const waiting = new Map()
  let asked = 0
  let rest = ''
  output.setEncoding('utf8').on('data', (text) => {
    const messages = (rest + text).split('\0')
    rest = messages.pop()
    for (const message of messages.map((one) => JSON.parse(one))) {
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    }
  })
  const send = async (method, params = {}, sessionId) => {
    const id = ++asked
    const answer = new Promise((resolve) => waiting.set(id, resolve))
    input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`)
    const { result, error } = await within(method, answer, 60_000, undefined)
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
  const page = (method, params) => send(method, params, sessionId)
  await page('Page.enable')

  return {
    /** Runs in every page before its own scripts. */
    before: (source) => page('Page.addScriptToEvaluateOnNewDocument', { source }),
    /** Makes the page so large, in points; each is `scale` pixels. */
    size: (width, height, scale = 1) =>
      page('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: false }),
    go: (url) => page('Page.navigate', { url }),
    /** @returns {Promise<any>} the value of an expression in the page */
    async evaluate(expression) {
      const { result, exceptionDetails } = await page('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      })
      if (exceptionDetails !== undefined)
        throw new Error(exceptionDetails.exception?.description ?? 'in the page')
      return result.value
    },
    /** @returns {Promise<Buffer>} PNG */
    async picture() {
      const { data } = await page('Page.captureScreenshot', { format: 'png' })
      return Buffer.from(data, 'base64')
    },
    async close() {
      const gone = once(child, 'exit')
      await send('Browser.close').catch(() => child.kill('SIGKILL'))
      await gone
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
