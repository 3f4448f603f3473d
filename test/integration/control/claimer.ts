import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

import { within } from '../../support/eventually.ts'

/** A process that can claim a folder. Killed with the test, if it still lives. */
export interface Claimer {
  readonly process: ChildProcess
  /** Lets it claim; `owner` or the code of the refusal. */
  claim(): Promise<string>
  kill(signal: NodeJS.Signals): Promise<void>
  /** Lets an owner end in order. */
  end(): Promise<void>
}

export async function startClaimer(t: TestContext, folder: string): Promise<Claimer> {
  const script = join(import.meta.dirname, 'claim-child.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => undefined)
  const exited = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await within('the end of the child', exited)
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => String((await lines.next()).value)
  await nextLine()
  return {
    process: child,
    claim() {
      child.stdin.write('\n')
      return nextLine()
    },
    async kill(signal) {
      child.kill(signal)
      await within('the end of the child', exited)
    },
    async end() {
      child.stdin.end()
      await within('the end of the child', exited)
    },
  }
}
