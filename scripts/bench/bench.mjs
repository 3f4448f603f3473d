import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { root } from '../lib/root.mjs'
import { commandTable } from './command-table.mjs'
import { homeTable } from './home-table.mjs'
import { measureHome } from './home.mjs'
import { packageTable } from './package-table.mjs'
import { measurePackage } from './package.mjs'
import { end, endAll, residentMb, start, traces, usage, within } from './processes.mjs'
import { connectSender } from './sender.mjs'
import { call, isOk, signIn } from './sign-in.mjs'
import { measureSound } from './sound.mjs'
import { soundTable } from './sound-table.mjs'
import { relayHeaders, startAgent, startBroker, startRelay, startSandbox } from './stage.mjs'
import { median, nowMs, percentile } from './stats.mjs'

/** How much of everything. The short form shows that the bench works; its figures are worth little. */
const full = {
  starts: 15,
  settleMs: 20_000,
  idleMs: 60_000,
  warmUp: 1_000,
  latencyBlocks: 30,
  latencyPerBlock: 100,
  rateBlocks: 10,
  ratePerBlock: 400,
  commands: 10_000,
  growthRounds: 12,
  growthPerRound: 4_000,
  sound: { settleMs: 20_000, streams: ['file', 'dash'], plays: 30, albums: 3, tracks: 5, playMs: 60_000 },
  home: { pairs: 3, settleMs: 20_000, idleMs: 60_000, changes: 5, restarts: 3, servedMs: 32_000 },
  package: { each: 3, starts: 15, settleMs: 20_000, idleMs: 180_000 },
  mostMs: 20 * 60_000,
}
const quick = {
  starts: 3,
  settleMs: 3_000,
  idleMs: 5_000,
  warmUp: 100,
  latencyBlocks: 4,
  latencyPerBlock: 50,
  rateBlocks: 2,
  ratePerBlock: 200,
  commands: 1_500,
  growthRounds: 3,
  growthPerRound: 200,
  sound: { settleMs: 1_000, streams: ['file'], plays: 2, albums: 1, tracks: 2, playMs: 3_000 },
  home: { pairs: 1, settleMs: 1_000, idleMs: 5_000, changes: 2, restarts: 1, servedMs: 0 },
  package: { each: 1, starts: 2, settleMs: 500, idleMs: 3_000 },
  mostMs: 3 * 60_000,
}

const outstanding = 32

/** What can be measured by itself: each makes a table. */
const parts = {
  commands: { measure: measureCommands, table: commandTable },
  sound: { measure: measureSound, table: soundTable },
  home: { measure: measureHome, table: homeTable },
  package: { measure: measurePackage, table: packageTable },
}

/**
 * Measures and prints a table for each of `only`, the names of `parts`.
 *
 * @returns {Promise<number>} the exit code: 0 when every figure was measured, whatever it is
 */
export async function bench({ quick: short, only }) {
  const sizes = short ? quick : full
  const folder = mkdtempSync(join(tmpdir(), 'a2m-bench-'))
  const stop = (signal) => {
    rmSync(folder, { recursive: true, force: true })
    // Takes the children with it (processes.mjs).
    process.exit(signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const bound = setTimeout(() => {
    console.error(`The bench is not done after ${sizes.mostMs / 60_000} minutes: given up.`)
    stop()
  }, sizes.mostMs)
  const figures = Object.fromEntries(only.map((name) => [name, {}]))
  try {
    await measureAll(folder, sizes, figures)
  } catch (error) {
    console.error(error)
  } finally {
    await endAll()
    rmSync(folder, { recursive: true, force: true })
    clearTimeout(bound)
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  const tables = only.map((name) => parts[name].table(figures[name], sizes))
  process.stdout.write(`${[machine(short), ...tables.map(({ text }) => text)].join('\n\n')}\n`)
  return tables.every(({ isComplete }) => isComplete) ? 0 : 1
}

async function measureAll(folder, sizes, figures) {
  const say = (what) => console.error(`${new Date().toISOString().slice(11, 19)} ${what}`)
  // Copies: a build meanwhile must not change what is measured.
  const dist = join(folder, 'dist')
  cpSync(join(root, 'dist'), dist, { recursive: true })
  const main = join(dist, 'main.cjs')
  const broker = await startBroker(folder)
  const sandbox = await startSandbox(main)
  const sender = await connectSender(broker)
  const headers = await relayHeaders(sandbox)
  const stage = { main, folder, broker, sandbox, sender, headers }
  for (const [name, own] of Object.entries(figures)) await parts[name].measure(stage, sizes, own, say)
  await sender.end()
}

async function measureCommands({ main, folder, broker, sandbox, sender, headers }, sizes, figures, say) {
  const relay = join(folder, 'relay.cjs')
  await bundleRelay(relay)
  const bare = fileURLToPath(new URL('./bare.cjs', import.meta.url))
  const agentOf = (name) => () => startAgent({ main, folder: join(folder, name), broker, sandbox, name })
  const relayOf = (name) => () => startRelay({ bundle: relay, broker, sandbox, headers, name })
  const startBare = () => start(process.execPath, [bare])

  say('signing in')
  await signIn('starter', agentOf('starter'), sender, sandbox)
  await signIn('agent', agentOf('agent'), sender, sandbox)

  say(`${sizes.starts} starts of each`)
  figures.start = await measureStarts(sizes.starts, sender, [
    ['agent', agentOf('starter'), () => sender.online('starter')],
    ['relay', relayOf('relay-starter'), () => sender.online('relay-starter')],
    ['bare', startBare, printed],
  ])

  const processes = {}
  for (const [who, begin] of [
    ['agent', agentOf('agent')],
    ['relay', relayOf('relay')],
    ['bare', startBare],
  ]) {
    const child = begin()
    await within(`${who} online`, who === 'bare' ? printed(child) : sender.online(who), 20_000, child)
    processes[who] = child
  }
  // The token is there once a call goes through.
  await checked(sender, 'agent')
  await checked(sender, 'relay')

  say(`idle for ${(sizes.settleMs + sizes.idleMs) / 1000} s`)
  await sleep(sizes.settleMs)
  figures.idle = await measureIdle(sizes.idleMs, processes, join(folder, 'agent'))

  say('commands one at a time')
  const counted = { agent: 1, relay: 1 }
  await warmUp(sizes.warmUp, sender, counted)
  await sandbox.arrivals()
  figures.latency = await measureLatency(sizes, sender, sandbox, counted)
  say('commands without an API call')
  figures.change = await measureChange(sizes, sender, counted)
  say(`commands, ${outstanding} at a time`)
  figures.rate = await measureRate(sizes, sender, processes, counted)

  say(`${sizes.commands} commands, then memory`)
  await commandsUpTo(sizes.commands, sender, counted)
  await sleep(sizes.settleMs)
  figures.after = residentOf(processes)
  say(`${sizes.growthRounds} times ${sizes.growthPerRound} more`)
  figures.growth = await measureGrowth(sizes, sender, processes, counted)
  await Promise.all(Object.values(processes).map(end))
}

async function measureStarts(count, sender, cases) {
  const times = { agent: [], relay: [], bare: [] }
  for (let round = 0; round < count; round++) {
    for (const [who, begin, ready] of cases) {
      const waiting = who === 'bare' ? undefined : ready()
      const startedMs = nowMs()
      const child = begin()
      const readyMs = await within(`${who} ready`, waiting ?? ready(child), 20_000, child)
      times[who].push(readyMs - startedMs)
      await end(child)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([who, all]) => [who, median(all)]))
}

function printed(child) {
  return new Promise((resolve) => child.stdout.once('data', () => resolve(nowMs())))
}

async function measureIdle(ms, processes, stateFolder) {
  const all = Object.entries(processes)
  const before = Object.fromEntries(all.map(([who, { pid }]) => [who, usage(pid)]))
  const tracesBefore = traces(stateFolder)
  const beganMs = nowMs()
  const resident = Object.fromEntries(all.map(([who]) => [who, []]))
  for (let n = 0; n < 10; n++) {
    await sleep(ms / 10)
    for (const [who, { pid }] of all) resident[who].push(residentMb(pid))
  }
  const tookMs = nowMs() - beganMs
  const changed = traces(stateFolder).filter((trace) => !tracesBefore.includes(trace))
  const figures = { changedFiles: changed.length }
  for (const [who, { pid }] of all) {
    const after = usage(pid)
    figures[who] = {
      residentMb: median(resident[who]),
      cpuPercent: ((after.cpuMs - before[who].cpuMs) / tookMs) * 100,
      wakeUpsPerMinute: ((after.wakeUps - before[who].wakeUps) / tookMs) * 60_000,
      writtenBytes: after.writtenBytes - before[who].writtenBytes,
    }
  }
  return figures
}

/** @returns one command of each kind's figures; throws when it was refused */
async function series(sender, who, count, window, counted, make = () => [`bench/${who}/request/call`, call]) {
  const all = await sender.series(count, window, make)
  counted[who] += count
  const bad = who === 'agent' ? all.find((command) => !isOk(command)) : undefined
  if (bad !== undefined) throw new Error(`the agent answered ${bad.payload.toString().slice(0, 500)}`)
  return all
}

async function checked(sender, who) {
  const { payload } = await within(
    `an answer of the ${who}`,
    sender.command(`bench/${who}/request/call`, call),
    20_000,
  )
  if (!payload.includes('sessionId')) throw new Error(`${who}: not what was asked for: ${payload}`)
}

async function warmUp(count, sender, counted) {
  for (const window of [1, outstanding]) {
    for (const who of ['agent', 'relay']) await series(sender, who, count / 2, window, counted)
  }
}

/** In small blocks in turn: what else happens on the machine then happens to both. */
async function measureLatency({ latencyBlocks, latencyPerBlock }, sender, sandbox, counted) {
  const times = { agent: { request: [], answer: [] }, relay: { request: [], answer: [] } }
  for (let block = 0; block < latencyBlocks; block++) {
    for (const who of block % 2 === 0 ? ['agent', 'relay'] : ['relay', 'agent']) {
      const commands = await series(sender, who, latencyPerBlock, 1, counted)
      const arrivals = await sandbox.arrivals()
      if (arrivals.length !== commands.length) {
        throw new Error(`${arrivals.length} requests arrived for ${commands.length} commands of the ${who}`)
      }
      commands.forEach(({ sentMs, answeredMs }, n) => {
        times[who].request.push(arrivals[n] - sentMs)
        times[who].answer.push(answeredMs - sentMs)
      })
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([who, { request, answer }]) => [
      who,
      { request: spread(request), answer: spread(answer) },
    ]),
  )
}

async function measureChange({ latencyBlocks, latencyPerBlock }, sender, counted) {
  const times = { agent: [], relay: [] }
  for (let block = 0; block < latencyBlocks / 2; block++) {
    for (const who of block % 2 === 0 ? ['agent', 'relay'] : ['relay', 'agent']) {
      // Another volume each time: one that is in force already changes nothing.
      const make = (n) => [`bench/${who}/set/volume`, String(20 + (n % 50))]
      for (const { sentMs, answeredMs } of await series(sender, who, latencyPerBlock, 1, counted, make)) {
        times[who].push(answeredMs - sentMs)
      }
    }
  }
  return { agent: spread(times.agent), relay: spread(times.relay) }
}

function spread(values) {
  return { p50: median(values), p99: percentile(values, 0.99) }
}

async function measureRate({ rateBlocks, ratePerBlock }, sender, processes, counted) {
  const rates = { agent: [], relay: [] }
  const cpuMs = { agent: 0, relay: 0 }
  for (let block = 0; block < rateBlocks; block++) {
    for (const who of block % 2 === 0 ? ['agent', 'relay'] : ['relay', 'agent']) {
      const { pid } = processes[who]
      const before = usage(pid).cpuMs
      const beganMs = nowMs()
      await series(sender, who, ratePerBlock, outstanding, counted)
      rates[who].push((ratePerBlock / (nowMs() - beganMs)) * 1000)
      cpuMs[who] += usage(pid).cpuMs - before
    }
  }
  return {
    agent: median(rates.agent),
    relay: median(rates.relay),
    // Block by block, each with its neighbour.
    ratio: median(rates.agent.map((rate, n) => rate / rates.relay[n])),
    cpuMs: {
      agent: cpuMs.agent / (rateBlocks * ratePerBlock),
      relay: cpuMs.relay / (rateBlocks * ratePerBlock),
    },
  }
}

async function commandsUpTo(total, sender, counted) {
  for (const who of ['agent', 'relay']) {
    await series(sender, who, Math.max(0, total - counted[who]), outstanding, counted)
  }
}

/**
 * V8 gives memory back when it likes, so two readings can differ by 50 MB either way and mean nothing. A leak is what
 * most pairs of readings agree on: the median of their slopes, in MB per 10,000 commands.
 */
async function measureGrowth({ growthRounds, growthPerRound }, sender, processes, counted) {
  const readings = { agent: [], relay: [], bare: [] }
  for (let round = 0; round < growthRounds; round++) {
    await commandsUpTo(counted.agent + growthPerRound, sender, counted)
    await sleep(1_000)
    for (const [who, megabytes] of Object.entries(residentOf(processes))) readings[who].push(megabytes)
  }
  const slope = (all) =>
    median(all.flatMap((late, n) => all.slice(0, n).map((early, m) => (late - early) / (n - m))))
  return Object.fromEntries(
    Object.entries(readings).map(([who, all]) => [who, (slope(all) / growthPerRound) * 10_000]),
  )
}

function residentOf(processes) {
  return Object.fromEntries(Object.entries(processes).map(([who, { pid }]) => [who, residentMb(pid)]))
}

async function bundleRelay(outfile) {
  const esbuild = await import('esbuild')
  await esbuild.build({
    entryPoints: [fileURLToPath(new URL('./relay.mjs', import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  })
  await esbuild.stop()
}

function machine(short) {
  const [{ model } = { model: 'unknown processor' }] = cpus()
  const memory = `${(totalmem() / 1024 ** 3).toFixed(1)} GB`
  return [
    `${cpus().length} × ${model.trim()}, ${memory}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    ...(short ? ['Short form: too few of everything to judge by.'] : []),
  ].join('\n')
}
