import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer, type AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'

import type { CliProcess } from '../../support/cli-process.ts'
import { eventually, within } from '../../support/eventually.ts'
import { makeHome, type Home } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { realTime } from '../../support/real-time.ts'
import {
  noServiceManager,
  startServiceManager,
  type ServiceManager,
} from '../../support/systemd/service-manager.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

const skip = noMosquitto || noServiceManager || requireTool('systemd-notify')

type Way = 'descriptor' | 'systemd-notify'

interface Stage {
  readonly home: Home
  readonly systemd: ServiceManager
  readonly start: (env?: Readonly<Record<string, string>>, nodeArgs?: readonly string[]) => CliProcess
}

async function stage(t: TestContext, way: Way): Promise<Stage> {
  const [home, systemd] = await Promise.all([makeHome(t), startServiceManager(t)])
  return {
    home,
    systemd,
    start: (env = {}, nodeArgs = []) =>
      home.start({
        // systemd gives both where it can; here the other one leads nowhere.
        env: { NOTIFY_SOCKET: way === 'descriptor' ? `${systemd.path}.nobody` : systemd.path, ...env },
        nodeArgs,
        launcher: way === 'descriptor' ? systemd.launcher({ descriptor: true }) : [],
      }),
  }
}

/** What stands in a message beside its first line. */
const statusOf = ({ lines }: { readonly lines: readonly string[] }): string | undefined =>
  lines.find((line) => line.startsWith('STATUS='))?.slice('STATUS='.length)

for (const way of ['descriptor', 'systemd-notify'] as const) {
  test(
    `by ${way}: ready at once, then the code, the track, the stop, and nothing twice`,
    { skip },
    async (t) => {
      const { home, systemd, start } = await stage(t, way)
      const agent = start()
      const ready = await systemd.next('READY=1')
      // root's systemd-notify may speak in its parent's name, that of others may not: the unit has NotifyAccess=all.
      if (way === 'descriptor') assert.equal(ready.pid, agent.pid)
      assert.equal(home.sandbox.control.codes().length, 0, 'before anybody was asked for anything')

      const waiting = statusOf(await systemd.next('STATUS=Waiting for sign-in'))
      const code = home.sandbox.control.codes()[0]?.userCode ?? ''
      assert.match(waiting ?? '', new RegExp(`^Waiting for sign-in: [a-z0-9.:/]+ ${code}$`))
      await home.signIn()
      await systemd.next('STATUS=Ready')

      assert.equal(
        (await home.ask('request/play', '{"query":"sunday kitchen","type":"playlist"}')).status,
        'ok',
      )
      const first = statusOf(await systemd.next('STATUS=Playing '))
      assert.match(first ?? '', /^Playing .+ by .+$/)
      // A track more is a message more, though the player stands idle for a moment in between.
      const mark = systemd.notices.length
      const heard = [first]
      for (let skips = 0; skips < 3; skips++) {
        assert.equal((await home.ask('command', 'next')).status, 'ok')
        heard.push(statusOf(await systemd.next('STATUS=Playing ')))
      }
      assert.equal(new Set(heard).size, 4)
      assert.equal(systemd.notices.length, mark + 3)
      assert.equal((await home.ask('command', 'pause')).status, 'ok')
      assert.equal(
        statusOf(await systemd.next('STATUS=Paused')),
        heard.at(-1)?.replace('Playing ', 'Paused: '),
      )

      agent.kill('SIGTERM')
      const stopping = await systemd.next('STOPPING=1')
      assert.equal(statusOf(stopping), 'Stopping')
      assert.equal((await agent.ended()).code, 0)
      const told = systemd.notices.map(({ lines }) => lines.join('\n'))
      assert.deepEqual(
        told.filter((text, i) => text === told[i - 1]),
        [],
      )
      assert.ok(!told.some((text) => text.includes('WATCHDOG')), 'nobody asked for it')
    },
  )

  test(
    `by ${way}: the watchdog is fed at half its time, and a hung event loop stops that`,
    { skip },
    async (t) => {
      const { systemd, start } = await stage(t, way)
      const hang = join(tempFolder(t), 'hang.cjs')
      writeFileSync(hang, `process.on('SIGUSR2', () => { for (;;); })\n`)
      const agent = start({ WATCHDOG_USEC: '2000000' }, ['--require', hang])
      await systemd.next('READY=1')
      const times: number[] = []
      for (let fed = 0; fed < 3; fed++) {
        await systemd.next('WATCHDOG=1')
        times.push(performance.now())
      }
      const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
      for (const gap of gaps) assert.ok(gap > 700 && gap < 1_800, `${gap} ms between two meals`)

      agent.kill('SIGUSR2')
      await realTime(300, 'the signal comes, and what was said before it')
      const fedBefore = systemd.notices.length
      await realTime(3_000, 'three times the pace of the watchdog')
      assert.equal(systemd.notices.length, fedBefore, 'a hung agent says nothing')
      agent.kill('SIGKILL')
      await agent.ended()
    },
  )
}

/** Takes connections and says nothing. */
async function silentPort(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test(
  'an Amazon and a broker that take connections and never answer keep nobody from feeding',
  { skip },
  async (t) => {
    const { systemd, start } = await stage(t, 'descriptor')
    const port = await silentPort(t)
    const agent = start({
      A2M_LWA_URL: `http://localhost:${port}`,
      A2M_MQTT_URL: `mqtt://localhost:${port}`,
      WATCHDOG_USEC: '2000000',
    })
    await systemd.next('READY=1')
    // Longer than the time limits of both, which are 10 and 15 s.
    for (let fed = 0; fed < 20; fed++) await systemd.next('WATCHDOG=1', 1_900)
    assert.match(
      systemd.notices.map(({ lines }) => lines.join()).join(),
      /STATUS=No code yet: .*no answer in time/,
    )
    assert.doesNotMatch(agent.printed, /service\/stuck/)
  },
)

test('a loop that never comes back is named in the log, and nothing is fed any more', { skip }, async (t) => {
  const { systemd, start } = await stage(t, 'descriptor')
  const hang = join(tempFolder(t), 'hang.cjs')
  // The waits of the sign-in, 6 s each, never end; those of the watchdog are shorter.
  const broken = '(ms, ...rest) => (ms > 4000 ? new Promise(() => {}) : real(ms, ...rest))'
  writeFileSync(
    hang,
    `const timers = require('node:timers/promises')\nconst real = timers.setTimeout\ntimers.setTimeout = ${broken}\n`,
  )
  const agent = start({ WATCHDOG_USEC: '2000000' }, ['--require', hang])
  await systemd.next('STATUS=Waiting for sign-in')
  await agent.line('"service/stuck"', 40_000)
  assert.match(agent.printed, /No answer from: account \((sign-in|poll)[^)]*\)"/)
  const told = systemd.notices.length
  assert.ok(told > 10, 'it was fed while the wait was within its limit')
  await realTime(3_000, 'three times the pace of the watchdog')
  assert.equal(systemd.notices.length, told)
  assert.equal(agent.printed.match(/service\/stuck/g)?.length, 1, 'said once')
})

test(
  'where nobody is to be told, and with a watchdog meant for another process, nothing is said',
  { skip },
  async (t) => {
    const { home, systemd, start } = await stage(t, 'systemd-notify')
    const agent = start({ WATCHDOG_USEC: '400000', WATCHDOG_PID: '1' })
    await systemd.next('STATUS=Waiting for sign-in')
    await realTime(1_000, 'five times the pace of the watchdog')
    assert.equal(
      systemd.notices.some(({ lines }) => lines.includes('WATCHDOG=1')),
      false,
    )
    agent.kill('SIGTERM')
    await agent.ended()

    const alone = home.start({ env: { WATCHDOG_USEC: '400000' } })
    await alone.line('Connected to the broker')
    alone.kill('SIGTERM')
    assert.equal((await alone.ended()).code, 0)
  },
)

test('where systemd cannot be told it says so once, and all else works', { skip }, async (t) => {
  const home = await makeHome(t)
  const agent = home.start({ env: { NOTIFY_SOCKET: join(tempFolder(t), 'nobody'), WATCHDOG_USEC: '400000' } })
  await home.signIn()
  await realTime(1_500, 'seven times the pace of the watchdog')
  agent.kill('SIGTERM')
  const { code, stdout } = await agent.ended()
  assert.equal(code, 0)
  assert.equal(stdout.split('\n').filter((line) => line.includes('service/notify')).length, 1, stdout)
})

test('a hook knows nothing of systemd, neither by variables nor by descriptors', { skip }, async (t) => {
  const { home, systemd, start } = await stage(t, 'descriptor')
  const folder = tempFolder(t)
  const [hook, seen] = [join(folder, 'hook'), join(folder, 'seen')]
  writeFileSync(hook, `#!/bin/sh\n{ env; ls -l /proc/self/fd; } > ${seen}.new\nmv ${seen}.new ${seen}\n`, {
    mode: 0o755,
  })
  const agent = start({
    A2M_HOOK: hook,
    A2M_LOG_LEVEL: 'debug',
    WATCHDOG_USEC: '60000000',
    JOURNAL_STREAM: '1:1',
  })
  await systemd.next('READY=1')
  await home.signIn()
  await eventually('what the hook saw', () => existsSync(seen), { seen: () => agent.printed })
  const text = readFileSync(seen, 'utf8')
  assert.match(text, /^A2M_EVENT=/m)
  assert.doesNotMatch(text, /NOTIFY_SOCKET|WATCHDOG|LISTEN_|JOURNAL_STREAM/)
  // Of its own it has three pipes and what ls opens.
  assert.deepEqual(
    [...text.matchAll(/ (\d+) -> socket:/g)].map(([, descriptor]) => descriptor).filter((d) => Number(d) > 2),
    [],
    text,
  )
  agent.kill('SIGTERM')
  await agent.ended()
})

test('in the journal each line begins with its priority, elsewhere none does', { skip }, async (t) => {
  const { home, systemd } = await stage(t, 'systemd-notify')
  const env = { A2M_MQTT_URL: 'mqtt://localhost:1' }
  const inJournal = home.start({ env, launcher: systemd.launcher({ journal: true }) })
  await inJournal.line('<4>{"level":"warn"')
  await inJournal.line('<6>{"level":"info"')
  inJournal.kill('SIGTERM')
  const { stdout } = await inJournal.ended()
  for (const line of stdout.trimEnd().split('\n')) assert.match(line, /^<[2-7]>\{.*\}$/)

  const elsewhere = home.start({ env: { ...env, JOURNAL_STREAM: '1:1' } })
  await elsewhere.line('No connection to the broker')
  elsewhere.kill('SIGTERM')
  for (const line of (await elsewhere.ended()).stdout.trimEnd().split('\n')) assert.match(line, /^\{.*\}$/)
})
