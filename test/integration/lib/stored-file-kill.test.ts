import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { build } from 'esbuild'

import { logSink } from '../../support/log-sink.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'
import { openTokens, tokens } from './token-file.ts'
import { within } from '../../support/eventually.ts'

type Job = 'save' | 'clear' | 'recover'

interface Case {
  readonly words: string
  readonly job: Job
  /** Fills the folder before the job. */
  readonly prepare: (folder: string) => void
  /** The numbers the file may hold after a kill; undefined for nothing. The last one is the job's result. */
  readonly outcomes: readonly (number | undefined)[]
}

const saved = (folder: string, last: number): void => {
  const file = openTokens(folder, logSink().log)
  for (let n = 1; n <= last; n++) file.save(tokens(n))
}

const cases: readonly Case[] = [
  { words: 'the first save', job: 'save', prepare: () => undefined, outcomes: [undefined, 1] },
  { words: 'the second save', job: 'save', prepare: (folder) => saved(folder, 1), outcomes: [1, 2] },
  { words: 'a later save', job: 'save', prepare: (folder) => saved(folder, 4), outcomes: [4, 5] },
  { words: 'clearing', job: 'clear', prepare: (folder) => saved(folder, 4), outcomes: [4, undefined] },
  {
    words: 'opening after a corruption, and the save after it',
    job: 'recover',
    prepare: (folder) => {
      saved(folder, 4)
      writeFileSync(join(folder, 'tokens.json'), '{"n":4,"te')
    },
    outcomes: [3, 4],
  },
  {
    words: 'opening after a kill that left its temporary files, and the save after it',
    job: 'recover',
    prepare: (folder) => {
      saved(folder, 4)
      writeFileSync(join(folder, 'tokens.json.tmp-1234567890abcdef'), '{"n":5,"te', { mode: 0o600 })
      writeFileSync(join(folder, 'tokens.previous.json.new'), '{"n":4', { mode: 0o600 })
    },
    outcomes: [4, 5],
  },
]

/** The child as one file: it starts in a tenth of a second, and there are hundreds of starts. */
async function childScript(t: TestContext): Promise<string> {
  const outfile = join(tempFolder(t), 'save-and-die.cjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'save-and-die.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    // conf reads the folder of the module that calls it.
    define: { 'import.meta.url': '"file:///"' },
  })
  return outfile
}

interface End {
  readonly signal: string | null
  readonly calls: readonly string[]
}

function run(script: string, folder: string, job: Job, killBefore: number, torn: boolean): Promise<End> {
  const args = [script, folder, job, String(killBefore), torn ? 'torn' : 'whole']
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      const signal = error?.signal ?? null
      if (error !== null && signal === null) reject(new Error(stderr))
      else resolve({ signal, calls: signal === null ? (JSON.parse(stdout) as string[]) : [] })
    })
  })
}

/** What must be so after any kill, and that life goes on from there. */
function check(folder: string, outcomes: Case['outcomes'], step: string): void {
  assert.equal(statSync(folder).mode & 0o777, 0o700, step)
  for (const name of readdirSync(folder)) {
    assert.equal(statSync(join(folder, name)).mode & 0o177, 0, `${step}: ${name} is open to others`)
  }
  const { log } = logSink()
  const file = openTokens(folder, log)
  assert.ok(outcomes.includes(file.value?.n), `${step}: the file holds ${file.value?.n ?? 'nothing'}`)
  file.save(tokens(9))
  assert.equal(openTokens(folder, log).value?.n, 9, step)
  const known = /^tokens(\.previous|\.corrupt-\d)?\.json$/
  for (const name of readdirSync(folder)) assert.match(name, known, step)
}

/** Runs `jobs`, a few at a time. */
async function inParallel(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = [...jobs]
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await job()
  }
  await Promise.all([worker(), worker(), worker(), worker()])
}

/** A fresh folder for one kill, as `prepare` left the first one. */
function copyOf(t: TestContext, model: string): string {
  const folder = join(tempFolder(t), 'state')
  cpSync(model, folder, { recursive: true })
  chmodSync(folder, 0o700)
  return folder
}

function model(t: TestContext, { prepare }: Case): string {
  const folder = join(tempFolder(t), 'state')
  mkdirSync(folder, { mode: 0o700 })
  prepare(folder)
  return folder
}

for (const one of cases) {
  test(`${one.words}: killed before each of its file calls, or in the middle of a write, nothing is lost`, async (t) => {
    const script = await childScript(t)
    const prepared = model(t, one)
    const whole = copyOf(t, prepared)
    const { signal, calls } = await run(script, whole, one.job, 0, false)
    assert.equal(signal, null)
    assert.equal(openTokens(whole, logSink().log).value?.n, one.outcomes.at(-1))
    assert.ok(calls.length >= (one.job === 'clear' ? 6 : 15), calls.join())

    const kills = calls.flatMap((name, index) =>
      (name === 'writeSync' ? [false, true] : [false]).map((torn) => async () => {
        const folder = copyOf(t, prepared)
        const step = `killed ${torn ? 'within' : 'before'} call ${index + 1}, ${name}`
        const end = await run(script, folder, one.job, index + 1, torn)
        assert.equal(end.signal, 'SIGKILL', step)
        check(folder, one.outcomes, step)
        rmSync(folder, { recursive: true })
      }),
    )
    await inParallel(kills)
    t.diagnostic(`${kills.length} kills`)
  })
}

/** The system calls by which a file or folder can change. */
const changing = [
  'openat',
  'write',
  'writev',
  'pwrite64',
  'copy_file_range',
  'sendfile',
  'ftruncate',
  'fsync',
  'fdatasync',
  'close',
  'rename',
  'renameat2',
  'chmod',
  'fchmod',
  'fchmodat',
  'chown',
  'unlink',
  'unlinkat',
  'mkdir',
]

/** Lets the job run under strace, which begins once the process waits for it. */
async function underStrace(
  script: string,
  folder: string,
  job: Job,
  options: readonly string[],
): Promise<string | null> {
  const child = spawn(process.execPath, [script, folder, job, '0', 'whole', 'wait'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  // What the process does to get ready does not count.
  await within('output of the child', once(child.stdout, 'data'))
  child.stdout.resume()
  const tracer = spawn('strace', [...options, '-p', String(child.pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const traced = once(tracer, 'exit')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('attached')) resolve()
    })
    traced.then(() => reject(new Error(said)), reject)
  }).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  child.stdin.end('\n')
  const [, signal] = await within('the end of the child', exit)
  await within('the end of strace', traced)
  return signal
}

test(
  'a later save: killed at each system call that changes a file, nothing is lost',
  { skip: requireTool('strace') },
  async (t) => {
    const one = cases.find(({ words }) => words === 'a later save')
    assert.ok(one, 'one')
    const script = await childScript(t)
    const prepared = model(t, one)
    const whole = copyOf(t, prepared)
    const log = join(tempFolder(t), 'strace.log')
    try {
      await underStrace(script, whole, one.job, ['-e', `trace=${changing.join()}`, '-o', log])
    } catch (error) {
      // Containers and hardened kernels forbid it, and that is no fault: the tests above kill at the same places.
      if (!String(error).includes('ptrace')) throw error
      t.skip('this system does not let one process trace another')
      return
    }
    const counts = new Map<string, number>()
    for (const [, name = ''] of readFileSync(log, 'utf8').matchAll(/^(\w+)\(/gm)) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    assert.ok((counts.get('fsync') ?? 0) + (counts.get('fdatasync') ?? 0) >= 3, [...counts].join(' '))

    const kills = [...counts].flatMap(([name, count]) =>
      Array.from({ length: count }, (_, index) => async () => {
        const folder = copyOf(t, prepared)
        const step = `killed at ${name} number ${index + 1}`
        const inject = `inject=${name}:signal=KILL:when=${index + 1}`
        const options = ['-e', `trace=${name}`, '-e', inject, '-o', '/dev/null']
        assert.equal(await underStrace(script, folder, one.job, options), 'SIGKILL', step)
        check(folder, one.outcomes, step)
        rmSync(folder, { recursive: true })
      }),
    )
    await inParallel(kills)
    t.diagnostic(`${kills.length} kills`)
  },
)
