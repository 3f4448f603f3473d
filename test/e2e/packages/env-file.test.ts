import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { readSettingsFile } from '../../../src/settings/settings-file.ts'
import { repository } from '../../support/debian-package.ts'
import { clientId, securityProfileId } from '../../support/built-agent.ts'
import { tempFolder } from '../../support/temp-folder.ts'

// systemd's own reader, in a program that needs no running systemd. Unlike EnvironmentFile= it puts variables in, so
// nothing here has a "$" in it: scripts/install/settings-forms.mjs tries those with a booted one.
const generator = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'
const noGenerator = existsSync(generator) ? false : `${generator} is not here (Debian package systemd)`
const notRoot = process.getuid?.() === 0 ? false : 'only root may become the service'

/** What systemd makes of a file. Its output is put into quotes for a shell, so a shell reads it. */
function bySystemd(t: TestContext, text: string): Record<string, string> {
  const folder = tempFolder(t)
  mkdirSync(join(folder, 'environment.d'))
  writeFileSync(join(folder, 'environment.d', 'test.conf'), text)
  const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: folder, HOME: folder }
  const said = execFileSync(generator, { env, encoding: 'utf8' })
  const script = `${said.replaceAll(/^(?=A2M_)/gm, 'export ')}\nenv -0`
  return ours(execFileSync('bash', ['-c', script], { env, encoding: 'utf8' }).split('\0'))
}

function byNode(t: TestContext, text: string): Record<string, string> {
  const file = join(tempFolder(t), 'test.env')
  writeFileSync(file, text)
  const script = `for (const [n, v] of Object.entries(process.env)) process.stdout.write(n + '=' + v + '\\0')`
  const said = execFileSync(process.execPath, [`--env-file=${file}`, '-e', script], {
    env: {},
    encoding: 'utf8',
  })
  return ours(said.split('\0'))
}

function ours(assignments: readonly string[]): Record<string, string> {
  const found = assignments.filter((line) => line.startsWith('A2M_'))
  return Object.fromEntries(
    found.map((line): [string, string] => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  )
}

/** Repeatable, so that what fails once can be looked at. */
function drawer(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const pieces = [
  'a',
  'Z',
  '7',
  ' ',
  '  ',
  '#',
  ' # x',
  '\\',
  '\\n',
  "'",
  '"',
  '`',
  '=',
  ';',
  'ü',
  '🎵',
  '%41',
  '\u00a0',
  '{}',
  '!',
]

test(
  'whatever a line holds: where it is not refused, systemd and Node read it as the check does',
  { skip: noGenerator },
  (t) => {
    const draw = drawer(7)
    const lines = Array.from({ length: 2_000 }, (_, n) => {
      const words = Array.from({ length: 1 + draw(5) }, () => pieces[draw(pieces.length)] ?? '').join('')
      const quote = ['', "'", '"', '`'][draw(4)] ?? ''
      return `A2M_T${n}=${quote}${words}${draw(8) === 0 ? '' : quote}`
    })
    const alike = lines.filter((line) => readSettingsFile(line).problems.length === 0)
    const text = `${alike.join('\n')}\n`
    const { values } = readSettingsFile(text)
    assert.ok(alike.length > 400 && alike.length < 1_800, `${alike.length} of ${lines.length} can be used`)
    const systemd = bySystemd(t, text)
    const node = byNode(t, text)
    for (const line of alike) {
      const name = line.split('=')[0] ?? ''
      assert.equal(systemd[name] ?? '', values[name], `systemd: ${JSON.stringify(line)}`)
      assert.equal(node[name] ?? '', values[name], `Node: ${JSON.stringify(line)}`)
    }
  },
)

test('what install.sh writes is read by both as it was given, or refused', { skip: noGenerator }, (t) => {
  const draw = drawer(11)
  const given = Array.from({ length: 300 }, () =>
    Array.from({ length: 1 + draw(6) }, () => pieces[draw(pieces.length)] ?? '').join(''),
  )
  const install = readFileSync(join(repository, 'scripts', 'install.sh'), 'utf8')
  const writer = /^line\(\) \{$[^]*?^\}$/m.exec(install)?.[0]
  assert.ok(writer, 'writer')
  const script = `wrong_settings=78\nfail() { exit "$1"; }\n${writer}\nn=0\nfor value; do (line "A2M_T$n" "$value") || :; n=$((n + 1)); done`
  const text = execFileSync('sh', ['-c', script, 'sh', ...given], { encoding: 'utf8' })
  const systemd = bySystemd(t, text)
  const node = byNode(t, text)
  assert.deepEqual(readSettingsFile(text).problems, [])
  let written = 0
  for (const [n, value] of given.entries()) {
    if (!new RegExp(`^A2M_T${n}=`, 'm').test(text)) continue
    written++
    assert.equal(systemd[`A2M_T${n}`], value, `systemd: ${JSON.stringify(value)}`)
    assert.equal(node[`A2M_T${n}`], value, `Node: ${JSON.stringify(value)}`)
  }
  assert.ok(written > 200, `${written} of ${given.length} were written`)
})

interface Service {
  readonly settings: string
  readonly change: (lines: string) => {
    readonly status: number | null
    readonly stdout: string
    readonly stderr: string
  }
  readonly boot: (file: string) => { readonly status: number | null; readonly stdout: string }
  readonly bootFile: string
}

/** The scripts with other places for their files. */
function service(t: TestContext, settingsText: string): Service {
  const folder = tempFolder(t)
  chmodSync(folder, 0o755)
  const [lib, etc, boot] = ['lib', 'etc', 'boot'].map((name) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  }) as [string, string, string]
  symlinkSync(process.execPath, join(lib, 'node'))
  symlinkSync(join(repository, 'dist', 'main.cjs'), join(lib, 'main.cjs'))
  const settings = join(etc, 'amazonmusic2mqtt.env')
  writeFileSync(settings, settingsText)
  const nobody = Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' }))
  chownSync(etc, 0, nobody)
  const placed = (name: string): string => {
    const text = readFileSync(join(repository, 'systemd', `amazonmusic2mqtt-${name}.sh`), 'utf8')
      .replaceAll('/usr/lib/amazonmusic2mqtt', lib)
      .replaceAll('/etc/amazonmusic2mqtt', etc)
      .replaceAll('/var/lib/', `${folder}/`)
      .replaceAll('/run/motd.d', join(folder, 'motd.d'))
      .replace('for folder in /boot/firmware /boot;', `for folder in ${boot};`)
      .replace('service=amazonmusic2mqtt', 'service=nobody')
      .replaceAll('--regid="$service"', '--regid="$(id -g nobody)"')
      .replaceAll('chgrp "$service"', 'chgrp "$(id -g nobody)"')
    writeFileSync(join(lib, `${name}.sh`), text)
    return join(lib, `${name}.sh`)
  }
  const changer = placed('change-settings')
  const booter = placed('first-boot')
  const bootFile = join(boot, 'amazonmusic2mqtt.env')
  return {
    settings,
    bootFile,
    change: (input) => spawnSync('sh', [changer], { input, encoding: 'utf8' }),
    boot(file) {
      writeFileSync(bootFile, file)
      return spawnSync('sh', [booter], { encoding: 'utf8' })
    },
  }
}

const ids = `A2M_LWA_CLIENT_ID=${clientId}\nA2M_SECURITY_PROFILE_ID=${securityProfileId}\n`

test(
  'a boot file that systemd would read differently is refused by line and reason, and stays whole',
  { skip: notRoot },
  (t) => {
    const { settings, bootFile, boot } = service(t, ids)
    for (const [line, reason] of [
      ['A2M_VOLUME_LIMIT=60   # x', /line 3: A2M_VOLUME_LIMIT: holds a "#"/],
      ['A2M_MQTT_USERNAME=abc#123', /line 3: A2M_MQTT_USERNAME: holds a "#"/],
      ['A2M_MQTT_USERNAME=ab\\cd', /line 3: A2M_MQTT_USERNAME: holds a backslash/],
      ["A2M_MQTT_USERNAME='abc", /line 3: A2M_MQTT_USERNAME: the quote at its beginning is never closed/],
      ['A2M_MQTT_USERNAME=`abc`', /line 3: A2M_MQTT_USERNAME: only Node takes a backtick/],
      ['my secret', /line 3: is no setting/],
      ['TZ=Europe/Berlin', /line 3: is no setting/],
    ] as const) {
      const file = `# mine\r\n\r\n${line}\r\nA2M_DEVICE_NAME=attic\r\n`
      const { status, stdout } = boot(file)
      assert.equal(status, 78, `${line}\n${stdout}`)
      assert.match(stdout, reason)
      assert.doesNotMatch(stdout, /abc#123|ab\\cd|my secret/)
      assert.equal(readFileSync(bootFile, 'utf8'), file)
      assert.equal(readFileSync(settings, 'utf8'), ids)
    }
  },
)

test('a boot file in UTF-16 is refused in those words, and stays whole', { skip: notRoot }, (t) => {
  const { bootFile, settings, change } = service(t, ids)
  const file = Buffer.from('\ufeffA2M_DEVICE_NAME=attic\r\n', 'utf16le')
  writeFileSync(bootFile, file)
  const { status, stdout } = change(file as unknown as string)
  assert.equal(status, 78)
  assert.match(stdout, /line 1: holds zero bytes: save the file as UTF-8/)
  assert.equal(readFileSync(settings, 'utf8'), ids)
})

test(
  'a line that was in the settings file before and is read in two ways is named with that file',
  { skip: notRoot },
  (t) => {
    const { settings, change } = service(t, `${ids}A2M_AUDIO_DEVICE=a#b\n`)
    const refused = change('A2M_DEVICE_NAME=attic\n')
    assert.equal(refused.status, 78)
    assert.ok(refused.stdout.includes(`These lines of ${settings} cannot be used:`), refused.stdout)
    assert.match(refused.stdout, /line 3: A2M_AUDIO_DEVICE: holds a "#"/)
    const mended = change("A2M_AUDIO_DEVICE='a#b'\n")
    assert.equal(mended.status, 0, mended.stdout + mended.stderr)
    assert.equal(readFileSync(settings, 'utf8'), `${ids}A2M_AUDIO_DEVICE='a#b'\n`)
  },
)
