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

/** A real journald with its own journal in memory, in a mount namespace with its own /run. */
export interface Journal {
  /** Command prefix: runs a program that sees this journal. */
  readonly here: readonly string[]
  /** Command prefix: runs a program as the service `unit`, whose output goes to this journal. */
  readonly asService: (unit: string) => readonly string[]
  /** Prints lines as `unit`, each with or without a priority prefix (sd-daemon(3)). */
  readonly print: (unit: string, lines: readonly (string | Buffer)[]) => void
  /** All messages of `unit` so far, as `journalctl` shows them to root. */
  readonly read: (unit: string) => string
}

/** Ends with the test. */
export async function startJournal(t: TestContext): Promise<Journal> {
  const inside = [
    'mount -t tmpfs -o mode=0755 tmpfs /run',
    'mkdir -p /run/log/journal /run/systemd/journal /run/systemd/journald.conf.d',
    // Without messages of the kernel, and without this machine's configuration.
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
  // The file exists only in this /run, so the journald that answers is ours.
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
