import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { until } from '../lib/until.mjs'
import { debianRoot } from '../lib/debian-root.mjs'
import { npmNode } from '../lib/npm-node.mjs'
import { root } from '../lib/root.mjs'

export const unit = 'amazonmusic2mqtt.service'
export const device = 'kitchen'
export const stateFolder = '/var/lib/amazonmusic2mqtt'

const proofFolder = '/usr/lib/a2m-proof'
const sandboxUrl = 'http://127.0.0.1:8080'
const clientId = 'amzn1.application-oa2-client.00000000000000000000000000000000'
const profileId = 'amzn1.application.00000000000000000000000000000000'

/** What stands in the settings file, by name. */
const usualSettings = {
  A2M_LWA_CLIENT_ID: clientId,
  A2M_SECURITY_PROFILE_ID: profileId,
  A2M_LWA_URL: sandboxUrl,
  A2M_MUSIC_URL: sandboxUrl,
  A2M_DEVICE_NAME: device,
  A2M_PLAYER: 'none',
}

/** @typedef {Awaited<ReturnType<typeof openBox>>} Box */

/**
 * A box with Debian on which the agent's package is installed: not started, not enabled, without a broker, and with nothing but
 * a loopback interface.
 *
 * @param {'bookworm' | 'trixie'} suite
 * @param {string} deb the package for all architectures
 */
export async function openBox(suite, deb, { also = [] } = {}) {
  const debian = await debianRoot(suite, { also })
  const at = (path) => join(debian.path, path)
  const write = (path, text, mode = 0o644) => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
    chmodSync(at(path), mode)
  }
  const configure = (more = {}) => {
    const lines = Object.entries({ ...usualSettings, ...more }).map(([name, value]) => `${name}='${value}'\n`)
    write('/etc/amazonmusic2mqtt/amazonmusic2mqtt.env', lines.join(''), 0o640)
  }

  if (!existsSync(at('/usr/bin/node'))) cpSync(join(npmNode('24', 'x64'), 'bin/node'), at('/usr/bin/node'))
  cpSync(deb, at('/root/agent.deb'))
  // Debian 12 has no Node that would do, as a package. What is installed starts at the next boot, which is ours.
  const install = 'dpkg --force-depends -i /root/agent.deb && systemctl disable amazonmusic2mqtt.service'
  const { status, stderr } = await debian.run(['sh', '-c', install])
  if (status !== 0) throw new Error(`The package cannot be installed on ${suite}:\n${stderr}`)
  cpSync(join(root, 'scripts/reference-player.mjs'), at(`${proofFolder}/player.mjs`))
  for (const [name, text] of Object.entries(proofFiles)) write(`${proofFolder}/${name}`, text, 0o755)
  const programmes = {
    'a2m-broker': '/usr/sbin/mosquitto -c /etc/a2m-broker.conf',
    'a2m-sandbox': '/usr/bin/amazonmusic2mqtt sandbox --port 8080',
  }
  for (const [name, command] of Object.entries(programmes)) {
    write(`/etc/systemd/system/${name}.service`, `[Service]\nExecStart=${command}\n`)
  }
  configure()

  let machine
  const out = (args, options) => machine.out(args, options)
  const box = {
    suite,
    /** @type {number} */
    release: 0,
    at,
    write,
    configure,
    remove: (path) => rmSync(at(path), { force: true, recursive: true }),
    get machine() {
      return machine
    },
    /** @param {Parameters<typeof debian.boot>[0]} [options] */
    async boot(options) {
      machine = await debian.boot(options)
      box.release = Number((await out(['systemctl', '--version'])).split(' ')[1])
    },
    out,
    sh: (script, options) => out(['sh', '-c', script], options),
    ctl: (...args) => out(['systemctl', ...args]),
    /** @returns {Promise<string>} a property of the unit */
    show: (property, name = unit) => out(['systemctl', 'show', '--value', '-p', property, name]),
    /** Seconds on the monotonic clock of a property of time. */
    seconds: async (property) => Number(await box.show(`${property}TimestampMonotonic`)) / 1e6,
    /** Resolves once a property is `wanted` (a text, or a form). */
    becomes: (property, wanted, withinMs) =>
      until(
        `${property} ${wanted}`,
        async () => {
          const there = await box.show(property)
          return (typeof wanted === 'string' ? there === wanted : wanted.test(there)) && { there }
        },
        withinMs,
        async () => ({
          there: await box.show(property),
          state: await box.show('ActiveState'),
          journal: (await box.journal('-n', '12')).split('\n'),
        }),
      ).then(({ there }) => there),
    journal: (...args) => out(['journalctl', '--no-pager', '-o', 'cat', '-u', unit, ...args]),
    /** A drop-in of the box's owner, in force for what is started from now on. */
    async dropIn(name, lines) {
      write(`/etc/systemd/system/${unit}.d/${name}.conf`, `[Service]\n${lines.join('\n')}\n`)
      await box.ctl('daemon-reload')
    },
    async takeBack(...names) {
      for (const name of names) box.remove(`/etc/systemd/system/${unit}.d/${name}.conf`)
      await box.ctl('daemon-reload')
    },
    proof: (name) => `${proofFolder}/${name}`,
    /** The stand-in for Amazon, as a service of its own. */
    async startSandbox() {
      await box.ctl('start', 'a2m-sandbox')
      const call = () => box.sandbox('PUT', '/control/conditions', { tps: 1_000_000, interval: 1 })
      await until('the sandbox', () =>
        call().then(
          () => true,
          () => false,
        ),
      )
    },
    /** Its control API, and its public one. */
    sandbox: async (method, path, body) =>
      JSON.parse(
        await out([
          'node',
          `${proofFolder}/ask.cjs`,
          method,
          sandboxUrl + path,
          JSON.stringify(body ?? null),
        ]),
      ),
    /** @param {readonly string[]} [lines] more in its configuration */
    async startBroker(lines = ['allow_anonymous true']) {
      const fixed = ['persistence false', 'listener 1883 127.0.0.1', 'user root', 'log_type error']
      write('/etc/a2m-broker.conf', [...fixed, ...lines, ''].join('\n'))
      await box.ctl('restart', 'a2m-broker')
    },
    stopBroker: () => box.ctl('stop', 'a2m-broker'),
    /** @param {string} topic below the device's @returns {Promise<string>} the first message on it */
    topic: (topic, withinS = 20) =>
      out(['mosquitto_sub', '-W', String(withinS), '-C', '1', '-t', `amazonmusic2mqtt/${device}/${topic}`]),
    publish: (topic, payload) =>
      out(['mosquitto_pub', '-t', `amazonmusic2mqtt/${device}/${topic}`, '-m', payload]),
    /** Signs in as the user would. */
    async approve() {
      const code = await box.code()
      await box.sandbox('POST', '/control/codes/approve', { userCode: code })
      await box.becomes('StatusText', /^Ready$/)
    },
    /** @returns {Promise<string>} the code that waits, by the status */
    code: async () =>
      /(\S+)$/.exec(await box.becomes('StatusText', /^Waiting for sign-in: \S+ [A-Z0-9]+$/))[1],
    close: () => debian.remove(),
  }
  return box
}

const proofFiles = {
  /** Hangs the event loop when it is told to. */
  'hang.cjs': `process.on('SIGUSR2', () => { for (;;); })\n`,
  /** A machine that is slow to load the agent. */
  'slow.cjs': `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500)\n`,
  'ask.cjs': `const [method, url, body] = process.argv.slice(2)
fetch(url, { method, ...(body !== 'null' && { body, headers: { 'content-type': 'application/json' } }) }).then(async (answer) => {
  const text = await answer.text()
  if (!answer.ok) throw new Error(method + ' ' + url + ': ' + answer.status + ' ' + text)
  process.stdout.write(text)
})
`,
  /** What the unit's walls let through, a line each. */
  'probe.sh': `#!/bin/sh
may() { name=$1; shift; if ("$@") >/dev/null 2>&1; then echo "$name yes"; else echo "$name no"; fi; }
may state-write sh -c 'echo 1 >"$STATE_DIRECTORY/probe"'
may runtime-write sh -c 'echo 1 >"$RUNTIME_DIRECTORY/probe"'
may tmp-write sh -c 'echo 1 >/tmp/probe'
cp /bin/true "$STATE_DIRECTORY/probe-exec" && chmod 700 "$STATE_DIRECTORY/probe-exec"
may state-exec "$STATE_DIRECTORY/probe-exec"
may usr-exec /bin/true
for folder in /etc /usr /var /opt /var/lib /boot; do may "$folder-write" touch "$folder/probe"; done
may home-read ls /home
may root-read ls /root
may other-processes test -e /proc/1/status
may namespaces unshare -U true
may sound-seen test -e /dev/snd/controlC0
may sound-opened sh -c 'echo x 2>&1 >/dev/snd/controlC0 | grep -q "such device"'
may disk-seen test -e /dev/proof-disk
echo "done yes"
`,
}
