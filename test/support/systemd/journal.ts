import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { eventually, within } from '../eventually.ts'
import { noMount } from '../small-disk.ts'
import { requireTool, toolPath } from '../tools.ts'

const daemon = ['/usr/lib/systemd/systemd-journald', '/lib/systemd/systemd-journald'].find((path) =>
  existsSync(path),
)
const script = join(import.meta.dirname, 'service-manager.py')
const python = toolPath('python3') ?? 'python3'

/** For the `skip` option of a test: why it cannot run, or false. */
export const noJournal: string | false =
  requireTool('systemd-notify') ||
  requireTool('python3') ||
  noMount ||
  (daemon === undefined && 'there is no systemd-journald')

/** A real journald with a journal of its own, in memory, in a mount namespace where /run is its alone. */
export interface Journal {
  /** What comes before a program that shall see this journal, as one does on a machine. */
  readonly here: readonly string[]
  /** What comes before a program that shall be the service `unit`: what it prints goes to this journal. */
  readonly asService: (unit: string) => readonly string[]
  /** Lines that `unit` prints, each with a priority in front (sd-daemon(3)) or none. */
  readonly print: (unit: string, lines: readonly (string | Buffer)[]) => void
  /** All messages of `unit` that are in the journal by now, as `journalctl` shows them to root. */
  readonly read: (unit: string) => string
}

/** Ends with the test. */
export async function startJournal(t: TestContext): Promise<Journal> {
  const inside = [
    'mount -t tmpfs -o mode=0755 tmpfs /run',
    'mkdir -p /run/log/journal /run/systemd/journal /run/systemd/journald.conf.d',
    // Neither the kernel's lines nor a file of this machine's.
    'printf "[Journal]\\nStorage=volatile\\nReadKMsg=no\\nAudit=no\\nRateLimitBurst=0\\n" >/run/systemd/journald.conf.d/of-a-test.conf',
    'exec "$0"',
  ].join(' && ')
  const child = spawn('unshare', ['--mount', 'sh', '-c', inside, daemon ?? 'systemd-journald'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const gone = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await within('the end of the journal', gone)
  })
  const pid = String(child.pid)
  const mark = `/proc/${pid}/root/run/systemd/journald.conf.d/of-a-test.conf`
  const here = ['nsenter', '--target', pid, '--mount', '--']
  const run = (command: readonly string[], input?: Buffer): Buffer => {
    const [program = '', ...args] = [...here, ...command]
    return execFileSync(program, args, { input: input ?? '', stdio: ['pipe', 'pipe', 'inherit'] })
  }
  // The file is in this /run only, and who listens there answers.
  const answers = (): boolean =>
    existsSync(mark) && spawnSync('nsenter', [...here.slice(1), 'journalctl', '--sync']).status === 0
  await eventually('an answer of journald', answers, { seen: () => ({ exitCode: child.exitCode }) })
  const asService = (unit: string): readonly string[] => [...here, python, script, 'start', '--unit', unit]
  return {
    here,
    asService,
    print(unit, lines) {
      const feed = Buffer.from('\n')
      const text = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), feed]))
      run([...asService(unit).slice(here.length), 'cat'], text)
    },
    read(unit) {
      run(['journalctl', '--sync'])
      return run(['journalctl', '--no-pager', '-q', '-a', '-o', 'cat', '-u', unit]).toString('utf8')
    },
  }
}
