import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { eventually, within } from '../eventually.ts'
import { freePort } from '../mqtt/mosquitto.ts'
import { tempFolder } from '../temp-folder.ts'

/** Folder in which scripts/node-red.mjs installed Node-RED. */
const installed = process.env['A2M_NODE_RED_DIR']

/** For the `skip` option of a test: why there is no Node-RED, or false. */
export const noNodeRed: string | false = installed === undefined && 'run by npm run node-red'

export type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string }

export interface NodeRed {
  readonly url: string
  /** All its terminal output. */
  readonly printed: string
  /** Replaces its flows, as the editor does, and waits until they run. */
  deploy(nodes: readonly FlowNode[]): Promise<void>
  /** Presses the button of an inject node. */
  press(id: string): Promise<void>
}

/** A Node-RED with default settings, which ends with the test. */
export async function startNodeRed(t: TestContext): Promise<NodeRed> {
  const folder = tempFolder(t)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: 'info', metrics: false, audit: false } },
  }
  await mkdir(join(folder, 'home'))
  await writeFile(join(folder, 'settings.js'), `module.exports = ${JSON.stringify(settings)}`)
  const child = spawn(
    process.execPath,
    [
      join(installed ?? '', 'node_modules', 'node-red', 'red.js'),
      '--userDir',
      join(folder, 'home'),
      '--settings',
      join(folder, 'settings.js'),
    ],
    { env: { PATH: process.env['PATH'], HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const gone = once(child, 'close')
  t.after(async () => {
    child.kill('SIGKILL')
    await within('the end of Node-RED', gone)
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))

  const until = async (part: string, from = 0): Promise<void> => {
    const isPrinted = (): boolean => {
      if (child.exitCode !== null) throw new Error(`Node-RED has ended without ${part}:\n${printed}`)
      return printed.includes(part, from)
    }
    await eventually(part, isPrinted, { withinMs: 60_000, seen: () => printed })
  }
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }
  await until('Started flows')
  return {
    url,
    get printed() {
      return printed
    },
    async deploy(nodes) {
      const from = printed.length
      await post('/flows', nodes)
      await until('Started flows', from)
      await until('Connected to broker', from)
    },
    press: (id) => post(`/inject/${id}`, {}),
  }
}
