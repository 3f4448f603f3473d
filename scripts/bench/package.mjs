import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { asSystemdStarts, listenAsSystemd } from './notify.mjs'
import { packaged, unbundled, wrapperFor } from './package-forms.mjs'
import { end, resident, start, traces, usage, within } from './processes.mjs'
import { answered, signIn } from './sign-in.mjs'
import { agentSettings } from './stage.mjs'
import { median, nowMs } from './stats.mjs'

/** systemd's patience, as the unit has it. */
const watchdogMs = 60_000

/**
 * The agent as its package installs it and its unit runs it, beside itself unbundled and bare Node.
 *
 * @param stage what runs already
 * @param figures where the figures go, one by one
 */
export async function measurePackage(stage, { package: sizes }, figures, say) {
  const { broker, sandbox, sender } = stage
  const folder = join(stage.folder, 'package')
  mkdirSync(folder)
  say('package: making it')
  const made = packaged(folder)
  figures.bytes = made.bytes
  const sources = await unbundled(folder)
  const bare = fileURLToPath(new URL('./bare.cjs', import.meta.url))

  const forms = {
    agent: { main: made.main, withDescriptor: true },
    unbundled: { main: sources, withDescriptor: true },
    command: { main: made.main, withDescriptor: false },
  }
  /** One agent with a state folder and a systemd of its own. */
  const agentOf = async (form, n) => {
    const { main, withDescriptor } = forms[form]
    const name = `package-${form}-${n}`
    const own = join(folder, name)
    const [state, runtime, settings, wrapper, socket] = [
      ...['state', 'runtime', 'settings.env', 'amazonmusic2mqtt', 'notify'],
    ].map((one) => join(own, one))
    for (const path of [own, state, runtime]) mkdirSync(path)
    const values = agentSettings({ broker, sandbox, name })
    writeFileSync(
      settings,
      Object.entries(values)
        .map(([key, value]) => `${key}='${value}'\n`)
        .join(''),
    )
    writeFileSync(wrapper, wrapperFor(made.wrapper, { main, settings }))
    chmodSync(wrapper, 0o755)
    const systemd = await listenAsSystemd(socket)
    const begin = () =>
      start(...asSystemdStarts([wrapper, 'run'], withDescriptor), {
        env: {
          ...values,
          HOME: state,
          STATE_DIRECTORY: state,
          RUNTIME_DIRECTORY: runtime,
          NODE_ENV: 'production',
          NOTIFY_SOCKET: socket,
          WATCHDOG_USEC: String(watchdogMs * 1000),
        },
      })
    return { form, name, state, begin, systemd }
  }
  const beginBare = () => start(...asSystemdStarts([process.execPath, bare], false))

  say('package: signing in')
  const agents = Object.fromEntries(Object.keys(forms).map((form) => [form, []]))
  for (let n = 0; n < sizes.each; n++) {
    const those = await Promise.all(Object.keys(forms).map((form) => agentOf(form, n)))
    // Side by side: they wait for 5 s before they ask whether they may.
    await Promise.all(those.map(({ name, begin }) => signIn(name, begin, sender, sandbox)))
    for (const agent of those) agents[agent.form].push(agent)
  }

  say(`package: ${sizes.starts} starts of each`)
  figures.starts = await measureStarts(sizes.starts, sender, agents, beginBare)

  say(`package: idle for ${(sizes.settleMs + sizes.idleMs) / 1000} s`)
  const running = { bare: [] }
  for (let n = 0; n < sizes.each; n++) {
    const child = beginBare()
    await within('bare Node', printed(child), 20_000, child)
    running.bare.push({ child })
    for (const [form, all] of Object.entries(agents)) {
      const { name, begin, state, systemd } = all[n]
      const online = sender.online(name)
      const agent = begin()
      await within(`${name} online`, online, 20_000, agent)
      await within(`${name} signed in`, answered(name, sender), 20_000, agent)
      running[form] ??= []
      running[form].push({ child: agent, state, systemd })
    }
  }
  await sleep(sizes.settleMs)
  figures.idle = await measureIdle(sizes.idleMs, running)
  await Promise.all(Object.values(running).flatMap((all) => all.map(({ child }) => end(child))))
}

async function measureStarts(count, sender, agents, beginBare) {
  const taken = {}
  for (let round = 0; round < count; round++) {
    for (const [form, begin, ready] of [
      ...Object.entries(agents).map(([form, [{ name, begin }]]) => [form, begin, () => sender.online(name)]),
      ['bare', beginBare],
    ]) {
      const waiting = ready?.()
      const startedMs = nowMs()
      const child = begin()
      const readyMs = await within(`${form} ready`, waiting ?? printed(child), 20_000, child)
      const cpuMs = usage(child.pid).cpuMs + cpuOfChildrenMs(child.pid)
      taken[form] ??= []
      taken[form].push({ ms: readyMs - startedMs, cpuMs })
      await end(child)
    }
  }
  return Object.fromEntries(
    Object.entries(taken).map(([form, all]) => [
      form,
      { ms: spread(all.map(({ ms }) => ms)), cpuMs: spread(all.map(({ cpuMs }) => cpuMs)) },
    ]),
  )
}

/** All of them at the same time: what else the machine does happens to each. */
async function measureIdle(ms, running) {
  const all = Object.entries(running).flatMap(([form, list]) => list.map((one) => ({ form, ...one })))
  const before = all.map(look)
  const beganMs = nowMs()
  const memory = all.map(() => [])
  for (let n = 0; n < 10; n++) {
    await sleep(ms / 10)
    all.forEach(({ child }, index) => memory[index].push(resident(child.pid)))
  }
  const minutes = (nowMs() - beganMs) / 60_000
  const after = all.map(look)
  const measured = all.map(({ form, systemd }, n) => {
    if (systemd !== undefined) {
      if (systemd.count('READY=1') === 0) throw new Error(`${form}: systemd was not told that it is ready`)
      const fed = after[n].fed - before[n].fed
      if (ms > 2 * watchdogMs && fed === 0) throw new Error(`${form}: the watchdog was not fed`)
    }
    return {
      form,
      residentMb: median(memory[n].map(({ allMb }) => allMb)),
      ownMb: median(memory[n].map(({ anonymousMb }) => anonymousMb)),
      cpuMs: (after[n].cpuMs - before[n].cpuMs) / minutes,
      wakeUps: (after[n].wakeUps - before[n].wakeUps) / minutes,
      writtenBytes: ((after[n].writtenBytes - before[n].writtenBytes) / minutes) * 60,
      changedFiles: after[n].traces.filter((trace) => !before[n].traces.includes(trace)).length,
    }
  })
  return Object.fromEntries(
    Object.keys(running).map((form) => [
      form,
      Object.fromEntries(
        ['residentMb', 'ownMb', 'cpuMs', 'wakeUps', 'writtenBytes', 'changedFiles'].map((what) => [
          what,
          spread(measured.filter((one) => one.form === form).map((one) => one[what])),
        ]),
      ),
    ]),
  )
}

function look({ child: { pid }, state, systemd }) {
  const { cpuMs, ...others } = usage(pid)
  return {
    ...others,
    cpuMs: cpuMs + cpuOfChildrenMs(pid),
    traces: state === undefined || !existsSync(state) ? [] : traces(state),
    fed: systemd?.count('WATCHDOG=1') ?? 0,
  }
}

/** Of those that have ended, in ticks of 10 ms: systemd-notify is one each time. */
function cpuOfChildrenMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

function spread(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) }
}

function printed(child) {
  return new Promise((resolve) => child.stdout.once('data', () => resolve(nowMs())))
}
