import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { until } from '../lib/until.mjs'
import { debianRoot } from '../lib/debian-root.mjs'
import { root } from '../lib/root.mjs'

const unit = 'amazonmusic2mqtt.service'
const sandboxUrl = 'http://127.0.0.1:8080'
const proof = '/opt/proof'
const stubs = '/root/stubs'
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export const settingsFile = '/etc/amazonmusic2mqtt/amazonmusic2mqtt.env'
export const clientId = 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef'
export const profileId = 'amzn1.application.fedcba9876543210fedcba9876543210'

/** @typedef {Awaited<ReturnType<typeof openBox>>} Box */

/**
 * A fresh Debian on which nothing of the agent's is, with the scripts in /root/download as a person has them, and a
 * stand-in for Amazon ready to be started. Not booted yet.
 *
 * @param {'bookworm' | 'trixie'} suite
 * @param {{ all: string, bundled: string, next: string, npm: string, dist: string, node: string }} made paths here
 * @param {readonly string[]} [also] more packages that it has from the beginning
 */
export async function openBox(suite, made, also = []) {
  const debian = await debianRoot(suite, { also })
  const at = (path) => join(debian.path, path)
  const write = (path, text, mode = 0o644) => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text, { mode })
  }
  const download = '/root/download'
  mkdirSync(at(download))
  for (const name of ['install.sh', 'uninstall.sh'])
    cpSync(join(root, 'scripts', name), at(`${download}/${name}`))
  mkdirSync(at(proof))
  cpSync(made.node, at(`${proof}/node`))
  cpSync(made.dist, at(`${proof}/dist`), { recursive: true })
  write('/etc/hosts', '127.0.0.1 localhost\n')
  // Beside the ids, all that is not as at a person's.
  write('/root/sandbox.env', `A2M_LWA_URL=${sandboxUrl}\nA2M_MUSIC_URL=${sandboxUrl}\nA2M_PLAYER=none\n`)

  let machine
  const box = {
    suite,
    /** The package that this release takes: its own Node is too old, or there is none. */
    right: suite === 'bookworm' ? made.bundled : made.all,
    made,
    at,
    write,
    read: (path) => readFileSync(at(path), 'utf8'),
    exists: (path) => existsSync(at(path)),
    /** Puts packages beside install.sh, and takes others away. */
    download(...paths) {
      for (const name of Object.values(made)) rmSync(at(`${download}/${basename(name)}`), { force: true })
      for (const path of paths) cpSync(path, at(`${download}/${basename(path)}`))
    },
    /**
     * What another machine would answer: programmes, as lines of shell by their names, that come before the real ones.
     *
     * @returns {Record<string, string>} the variables to install with
     */
    pretend(programmes) {
      rmSync(at(stubs), { recursive: true, force: true })
      for (const [name, lines] of Object.entries(programmes))
        write(`${stubs}/${name}`, `#!/bin/sh\n${lines}\n`, 0o755)
      return { PATH: `${stubs}:${path}` }
    },
    debian,
    async boot() {
      machine = await debian.boot()
    },
    poweroff: () => machine.poweroff(),
    run: (args, options) => machine.run(args, options),
    out: (args, options) => machine.out(args, options),
    sh: (script) => machine.out(['sh', '-c', script]),
    /** @param {readonly string[]} args @param {Record<string, string>} [env] without questions */
    install: (args, env) =>
      machine.run(['sh', `${download}/install.sh`, '--yes', '--without-mpv', ...args], {
        env,
        withinMs: 300_000,
      }),
    uninstall: (args) => machine.run(['sh', `${download}/uninstall.sh`, '--yes', ...args]),
    /** Without a terminal, wherever the proof itself has been started. @param {readonly string[]} args */
    unattended: (script, args) =>
      machine.run(['setsid', '--wait', 'sh', `${download}/${script}`, ...args], { withinMs: 300_000 }),
    show: (property, name = unit) => machine.out(['systemctl', 'show', '--value', '-p', property, name]),
    isActive: () =>
      until(
        'the service',
        async () => (await box.show('ActiveState')) === 'active',
        30_000,
        () => box.show('ActiveState'),
      ),
    /** The lines of the settings file that are in force. */
    inForce: () =>
      readFileSync(at(settingsFile), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')),
    async startSandbox() {
      const command = [`${proof}/node`, `${proof}/dist/main.cjs`, 'sandbox', '--port', '8080']
      await machine.out(['systemd-run', '--quiet', '--unit=sandbox', ...command])
      await until('the sandbox', () =>
        box.sandbox('PUT', '/control/conditions', { interval: 1 }).then(
          () => true,
          () => false,
        ),
      )
    },
    /** Its control API. */
    sandbox: (method, path, body) =>
      machine.out([
        ...[`${proof}/node`, '-e'],
        `fetch(process.argv[1], { method: process.argv[2], headers: { 'content-type': 'application/json' }, body: process.argv[3] })
          .then((answer) => { if (!answer.ok) throw new Error('status ' + answer.status) })`,
        ...[sandboxUrl + path, method, JSON.stringify(body)],
      ]),
    isSignedIn: () =>
      until('signed in', async () =>
        (await machine.run(['amazonmusic2mqtt', 'status'])).stdout.includes('"signed_in"'),
      ),
    /** Runs a command in a real terminal of 100 columns, at which somebody sits. */
    terminal: (command) => openTerminal(machine.pid, command),
    /** Every file, folder and link with owner and rights; without what lives by itself. */
    tree: async () => new Set((await machine.out(['sh', '-c', tree])).split('\n')),
    close: () => debian.remove(),
  }
  return box
}

const tree = `find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp \\
  -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path /root -o -path /var/lib/dpkg/updates \\
  -o -path /var/lib/systemd/timers -o -path /opt/proof \\) -prune -o \\
  ! -path '/var/lib/dpkg/*-old' ! -path '/var/lib/dpkg/lock*' ! -path '/etc/*-' ! -path '/etc/.pwd.lock' \\
  ! -path '/var/lib/dpkg/triggers/*' ! -path '/var/lib/systemd/random-seed' -printf '%y %m %u:%g %p %l\\n' | sort
getent passwd; getent group`

function openTerminal(pid, command) {
  const inside = `stty cols 100 rows 60; ${command}`
  const child = spawn('nsenter', ['-t', String(pid), '-a', '--', 'script', '-qec', inside, '/dev/null'], {
    env: {
      PATH: path,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = once(child, 'close')
  let screen = ''
  let taken = 0
  child.stdout.setEncoding('utf8').on('data', (text) => (screen += text))
  return {
    /** Waits for `form` below all that was waited for before. @returns {Promise<string>} all from there to its end */
    async sees(form, withinMs = 60_000) {
      const from = taken
      const end = await until(
        String(form),
        () => {
          const found = form.exec(screen.slice(from))
          return found !== null && from + found.index + found[0].length
        },
        withinMs,
        () => screen.slice(-1_500),
      )
      taken = end
      return screen.slice(from, end)
    },
    type: (keys) => child.stdin.write(keys),
    get screen() {
      return screen
    },
    /** @returns {Promise<number | null>} the exit code */
    async ended() {
      const [status] = await gone
      return status
    },
  }
}
