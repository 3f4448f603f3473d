import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { CannotInstall } from './cannot-install.mjs'
import { unpackDebian } from './debian-archive.mjs'
import { installPackages } from './tools.mjs'

/**
 * A throw-away Debian that boots with its own systemd. For example:
 *
 *     const debian = await debianRoot('trixie')
 *     try {
 *       cpSync('some.deb', join(debian.path, 'root/some.deb'))
 *       const machine = await debian.boot()
 *       await machine.out(['dpkg', '-i', '/root/some.deb'])
 *       console.log(await machine.out(['systemctl', 'status', 'amazonmusic2mqtt']))
 *       await machine.poweroff()
 *     } finally {
 *       await debian.remove()
 *     }
 *
 * What it is made of is unpacked once, into ~/.cache/amazonmusic2mqtt/roots/SUITE (1 min, 300 to 400 MB), and never
 * written to again; each throw-away copy lies over it (overlayfs: 4 ms; where that cannot be had it is copied: 3 s).
 * Any number may be open at a time, by any number of processes. Beside the least of Debian there are mosquitto (not
 * started), its clients, iproute2, procps and ca-certificates; on trixie its nodejs 20.19. bookworm's nodejs is too
 * old, so there is none (npm-node.mjs has one to put there). What is left open ends with the process.
 *
 * @typedef {object} DebianRoot
 * @property {string} suite
 * @property {string} path its files, absolute. To be written to before it boots or while it runs; /run, /tmp, /proc
 *   and /dev of a running one are not seen here
 * @property {(args: readonly string[], options?: RunOptions) => Promise<Ran>} run runs a programme without booting,
 *   with this machine's network, as when an image is made: `apt-get install` works here. Not while it is booted
 * @property {(options?: { network?: 'own' | 'host', args?: readonly string[] }) => Promise<Machine>} boot until its
 *   jobs are done. `network`: `own` (usual) is a loopback interface and nothing else, so that ports are its own and a
 *   broker and the sandbox can run inside; `host` is this machine's, with its names and ports. `args`: more for
 *   systemd-nspawn, such as --read-only or --bind=HERE:THERE. May be called again after poweroff
 * @property {() => Promise<void>} remove powers it off and deletes it
 *
 * @typedef {object} Machine
 * @property {number} pid here, of its systemd; /proc/PID/root is what it sees itself
 * @property {(args: readonly string[], options?: RunOptions) => Promise<Ran>} run runs a programme in it, as root
 * @property {(args: readonly string[], options?: RunOptions) => Promise<string>} out the same; its stdout without white
 *   space around it, an Error with all it said unless it ends with 0
 * @property {() => Promise<void>} poweroff
 *
 * @typedef {{ status: number | null, stdout: string, stderr: string }} Ran status null: it took too long
 * @typedef {{ input?: string, env?: Record<string, string>, withinMs?: number }} RunOptions 120 s unless told
 *
 * @param {'bookworm' | 'trixie'} suite systemd 252 or 257
 * @param {{ also?: readonly string[] }} [options] `also`: more packages that it is to have from the beginning; each such
 *   list is unpacked and kept by itself
 * @returns {Promise<DebianRoot>}
 * @throws {CannotInstall} not root, not Debian, or its packages cannot be had
 */
export async function debianRoot(suite, { also = [] } = {}) {
  if (!existsSync(nspawn)) installPackages(['systemd-container'])
  const base = join(homedir(), '.cache', 'amazonmusic2mqtt', 'roots', [suite, ...also].join('+'))
  unpackDebian(suite, base, {
    packages: [...packagesOf(suite), ...also],
    then: ready,
    say: (what) => console.error(what),
  })
  if (!existsSync(nspawn)) throw new CannotInstall('systemd-nspawn is missing (Debian: systemd-container).')
  removeLeftovers()

  const { folder, path } = copyOf(base)
  const machines = new Set()
  const remove = async () => {
    await Promise.all([...machines].map((machine) => machine.poweroff()))
    removeCopy(folder)
    process.off('exit', onExit)
  }
  const onExit = () => {
    for (const machine of machines) machine.kill()
    removeCopy(folder)
  }
  process.on('exit', onExit)

  return {
    suite,
    path,
    run: (args, options) =>
      run(
        nspawn,
        ['--quiet', '--register=no', '--keep-unit', '--console=pipe', '-D', path, ...args],
        options,
      ),
    async boot({ network = 'own', args = [] } = {}) {
      const machine = await boot(path, [...(network === 'own' ? ['--private-network'] : []), ...args])
      machines.add(machine)
      machine.gone.then(() => machines.delete(machine))
      return machine
    },
    remove,
  }
}

const nspawn = '/usr/bin/systemd-nspawn'
const prefix = 'a2m-root-'

const packagesOf = (suite) => [
  ...['systemd', 'systemd-sysv', 'dbus', 'mosquitto', 'mosquitto-clients', 'iproute2', 'procps'],
  'ca-certificates',
  ...(suite === 'bookworm' ? [] : ['nodejs']),
]

// With the network of the host a broker that starts by itself would want the port of the host's.
// debootstrap leaves /etc/hosts to an installer.
const ready = `printf '127.0.0.1 localhost\\n::1 localhost\\n127.0.1.1 raspberrypi\\n' >etc/hosts
rm -f etc/systemd/system/*.wants/mosquitto.service var/cache/apt/archives/*.deb`

/** The process that made a copy is in its name: whoever was killed could not clean up. */
function removeLeftovers() {
  const left = (folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(prefix))
      .filter((name) => !existsSync(`/proc/${name.slice(prefix.length).split('-')[0]}`))
      .map((name) => join(folder, name))
  left(tmpdir()).forEach(removeCopy)
  left(cgroupFolder()).forEach(removeCgroup)
}

function copyOf(base) {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const [path, upper, work] = ['root', 'upper', 'work'].map((name) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  })
  const layers = `lowerdir=${base},upperdir=${upper},workdir=${work}`
  const mounted = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, path])
  if (mounted.status !== 0) {
    const copied = spawnSync('cp', ['-a', '--reflink=auto', `${base}/.`, path], { encoding: 'utf8' })
    if (copied.status !== 0) {
      rmSync(folder, { recursive: true, force: true })
      throw new CannotInstall(`Debian cannot be copied:\n${copied.stderr}`)
    }
  }
  return { folder, path }
}

function removeCopy(folder) {
  // Said to be no mount where it was copied.
  spawnSync('umount', ['--lazy', join(folder, 'root')])
  // What still dies in there may still write.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}

async function boot(path, args) {
  const cgroup = ownCgroup(path.split('/').at(-2))
  const child = spawn(
    'sh',
    [
      ...['-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', cgroup],
      // It must not outlive us, however we end: nspawn alone does not take its systemd with it.
      ...['setpriv', '--pdeathsig', 'KILL', 'unshare', '--pid', '--mount-proc', '--fork', '--kill-child'],
      ...[nspawn, '--quiet', '--register=no', '--keep-unit', '--console=pipe', '-D', path],
      ...[`--machine=${path.split('/').at(-2)}`, '--hostname=raspberrypi', ...args],
      ...['--', '/usr/lib/systemd/systemd', '--show-status=no'],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C is for us, who power it off.
      detached: true,
      // A machine whose own cgroups are of the old kind boots it with the new one.
      env: { PATH: process.env['PATH'], SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (said = (said + chunk).slice(-4_000)))
  }
  let isGone = false
  const gone = once(child, 'exit').then(() => {
    isGone = true
    removeCgroup(cgroup)
  })
  const kill = () => {
    if (!isGone) child.kill('SIGKILL')
  }
  const pid = await leaderOf(child, () => isGone)
  const enter = (programme, options) => run('nsenter', ['-t', String(pid), '-a', '--', ...programme], options)
  const isUp =
    pid !== undefined &&
    (await withinMs(60_000, async () => {
      const { stdout } = await enter(['systemctl', 'is-system-running', '--wait'])
      return ['running', 'degraded'].includes(stdout.trim()) || isGone
    })) &&
    !isGone
  if (!isUp) {
    kill()
    throw new CannotInstall(`systemd does not boot in a container here:\n${said.trim()}`)
  }
  return {
    pid,
    gone,
    kill,
    run: enter,
    async out(programme, options) {
      const { status, stdout, stderr } = await enter(programme, options)
      if (status === 0) return stdout.trim()
      const how = status === null ? 'took too long' : `ended with ${status}`
      throw new Error(`${programme.join(' ')}: ${how}\n${stdout}${stderr}`)
    },
    async poweroff() {
      if (isGone) return
      await enter(['systemctl', 'poweroff'])
      const timer = setTimeout(kill, 60_000)
      await gone
      clearTimeout(timer)
    },
  }
}

/** Two that boot in one cgroup would each see the processes of the other in their own services. */
function ownCgroup(name) {
  const folder = join(cgroupFolder(), name)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Where this process may make cgroups. */
function cgroupFolder() {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const mount = mounts.find((line) => line.includes(' - cgroup2 '))?.split(' ')[4]
  const ours = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1]
  if (mount === undefined || ours === undefined)
    throw new CannotInstall('This machine has no cgroups of version 2.')
  return join(mount, ours)
}

/** Its files go with the folder. One that still has a process in it stays. */
function removeCgroup(folder) {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeCgroup(join(folder, entry.name))
    }
    rmdirSync(folder)
  } catch {
    // Nobody's loss.
  }
}

/** The pid of systemd itself: the only grandchild, once it has become systemd. */
async function leaderOf(child, isGone) {
  const firstChildOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]
  let pid
  await withinMs(10_000, () => {
    try {
      const grandchild = firstChildOf(firstChildOf(child.pid))
      if (readFileSync(`/proc/${grandchild}/comm`, 'utf8').trim() === 'systemd') pid = Number(grandchild)
    } catch {
      // Not yet, or no more.
    }
    return pid !== undefined || isGone()
  })
  return pid
}

async function withinMs(ms, isSo) {
  const endMs = performance.now() + ms
  while (performance.now() < endMs) {
    if (await isSo()) return true
    await sleep(50)
  }
  return false
}

function run(command, args, { input = '', env = {}, withinMs: ms = 120_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env },
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), ms)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    child.stdin.on('error', () => undefined).end(input)
    child.once('error', reject)
    child.once('close', (status) => {
      clearTimeout(timer)
      resolve({ status, stdout, stderr })
    })
  })
}
