import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

import { Inbox } from '../inbox.ts'
import { tempFolder } from '../temp-folder.ts'
import { requireTool, toolPath } from '../tools.ts'
import { within } from '../eventually.ts'

/** One message of a service. */
export interface Notice {
  /** Process id of the sender, as the kernel reports it. */
  readonly pid: number
  readonly lines: readonly string[]
}

/** A real NOTIFY_SOCKET, in place of systemd's. Node.js can neither open nor write to such a socket. */
export interface ServiceManager {
  readonly path: string
  /** All messages so far. */
  readonly notices: readonly Notice[]
  /** The first message not yet taken with a line that begins with `line`. */
  next(line: string, timeoutMs?: number): Promise<Notice>
  /**
   * Command prefix: starts a service with a descriptor named `notify`, or with output that counts as a
   * journal.
   */
  launcher(options: { readonly descriptor?: boolean; readonly journal?: boolean }): readonly string[]
}

const script = join(import.meta.dirname, 'service-manager.py')
const python = toolPath('python3') ?? 'python3'

/** For the `skip` option of a test: why it cannot run, or false. */
export const noServiceManager: string | false = requireTool('python3')

/** Ends with the test. */
export async function startServiceManager(t: TestContext): Promise<ServiceManager> {
  const path = join(tempFolder(t), 'notify')
  const child = spawn(python, [script, 'listen', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await within('the end of the service manager', gone)
  })
  const inbox = new Inbox<Notice>()
  const notices: Notice[] = []
  const listening = new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line === 'listening') {
        resolve()
        return
      }
      const { pid, text } = JSON.parse(line) as { pid: number; text: string }
      const notice = { pid, lines: text.split('\n').filter((part) => part !== '' && part !== 'BARRIER=1') }
      if (notice.lines.length === 0) return
      notices.push(notice)
      inbox.push(notice)
    })
  })
  await listening
  return {
    path,
    notices,
    next: (start, timeoutMs) =>
      inbox.next(
        `a message with ${start}`,
        ({ lines }) => lines.some((line) => line.startsWith(start)),
        timeoutMs,
      ),
    launcher: ({ descriptor = false, journal = false }) => [
      python,
      script,
      'start',
      ...(descriptor ? ['--descriptor', path] : []),
      ...(journal ? ['--journal'] : []),
    ],
  }
}
