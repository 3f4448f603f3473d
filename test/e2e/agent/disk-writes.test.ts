import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { mainBundle } from '../../support/cli-process.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { realTime } from '../../support/real-time.ts'
import { noMount } from '../../support/small-disk.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'
import { within } from '../../support/eventually.ts'

const calls = 'openat,open,creat,rename,renameat,renameat2,link,unlink,unlinkat,mkdir,truncate,ftruncate'

interface Watch {
  /** What the process did to files until now: calls that write, one a line, in which those of `/proc` do not count. */
  changes(): readonly string[]
}

/** Sees every call of every thread of the process that opens a file for writing, or changes a folder. */
async function watchFiles(t: TestContext, pid: number): Promise<Watch> {
  const log = join(tempFolder(t), 'strace')
  const strace = spawn('strace', ['-f', '-p', String(pid), '-e', `trace=${calls}`, '-o', log], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  t.after(() => strace.kill())
  await within('output of strace', once(strace.stderr, 'data'))
  return {
    changes: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => /O_WRONLY|O_RDWR|O_CREAT|\b(rename|link|unlink|mkdir|truncate)/.test(line))
        .filter((line) => !/"\/(proc|dev)\/|ENOENT/.test(line)),
  }
}

test(
  'nothing is written while nothing changes, token renewals included, and while music plays only what a restart needs',
  { skip: noMosquitto || requireTool('strace') },
  async (t) => {
    // A token is renewed every six seconds, and Amazon sends the same refresh token with it.
    const home = await makeHome(t, { sandbox: { accessTokenLifetime: 8, rotation: 'same' } })
    const agent = home.start()
    await home.signIn()
    await realTime(2_000, 'the writes of the sign-in end')
    const watch = await watchFiles(t, agent.pid)
    const renewals = (): number => home.sandbox.control.secrets().accessTokens.length
    const before = renewals()
    await realTime(20_000, 'the agent is watched')
    assert.ok(renewals() - before >= 2, 'the token was renewed meanwhile')
    assert.deepEqual(watch.changes(), [])

    const played = await home.ask('request/play', '{"query":"sunday kitchen","type":"playlist"}')
    assert.equal(played.status, 'ok')
    await home.client.next(`${prefix}/state/state`, ({ text }) => text === 'playing')
    await realTime(10_000, 'the agent is watched')
    // A file gets its name by the last step of a write.
    const named = watch.changes().flatMap((line) => /"[^"]*\/(\w+\.json)"\)? = 0/.exec(line)?.[1] ?? [])
    assert.deepEqual([...new Set(named)].sort(), ['playback.json', 'session.json'])
    const calm = watch.changes().length
    await realTime(20_000, 'the agent is watched')
    for (let percent = 20; percent < 30; percent++) await home.ask('set/volume', String(percent))
    await realTime(10_000, 'the agent is watched')
    assert.deepEqual(watch.changes().slice(calm), [], 'the position and the volume wait for their minute')
  },
)

test(
  'where all is read-only but the state folder the agent signs in, plays and ends cleanly, without a home folder',
  { skip: noMosquitto || noMount },
  async (t) => {
    const home = await makeHome(t)
    mkdirSync(home.stateDir, { mode: 0o700 })
    // A mount of its own stays writable when the one around it is not; /tmp is part of the latter.
    const script =
      'mount --bind "$1" "$1" && mount -o remount,bind,ro / && ! touch /tmp/x 2>/dev/null && exec "$2" "$3" run'
    const agent = spawn(
      'unshare',
      ['--mount', 'sh', '-c', script, 'sh', home.stateDir, process.execPath, mainBundle],
      { env: { PATH: process.env['PATH'], ...home.env }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const ended = once(agent, 'exit')
    t.after(() => agent.kill('SIGKILL'))
    let log = ''
    agent.stdout.setEncoding('utf8').on('data', (text: string) => (log += text))
    await home.signIn()
    assert.equal(
      (await home.ask('request/play', '{"query":"sunday kitchen","type":"playlist"}')).status,
      'ok',
    )
    await home.client.next(`${prefix}/state/state`, ({ text }) => text === 'playing')
    await realTime(3_000, 'the first writes of playing')
    agent.kill('SIGTERM')
    assert.deepEqual(await within('the end of the agent', ended), [0, null])
    assert.doesNotMatch(log, /"level":"(warn|error)"|EROFS/)
    assert.equal(
      ['playback.json', 'tokens.json'].every((file) => readdirSync(home.stateDir).includes(file)),
      true,
    )
  },
)
