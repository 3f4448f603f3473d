import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'

import type { Setting } from '../../../src/settings/setting.ts'
import { settingKeys, settingsTable } from '../../../src/settings/table.ts'
import { version } from '../../../src/version.ts'
import { buildPackage, repository } from '../../support/debian-package.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

const settingsPath = 'etc/amazonmusic2mqtt/amazonmusic2mqtt.env'

test('the Debian package', { skip: requireTool('dpkg-deb') }, async (t) => {
  const deb = buildPackage(t)
  const folder = tempFolder(t)
  execFileSync('dpkg-deb', ['--raw-extract', deb, folder])
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const field = (name: string): string =>
    execFileSync('dpkg-deb', ['--field', deb, name], { encoding: 'utf8' }).trim()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !lstatSync(join(folder, path)).isDirectory(),
  )

  await t.test('is small', () => {
    const { size } = statSync(deb)
    assert.ok(size <= 1_500_000, `${size} bytes`)
    t.diagnostic(`${size} bytes`)
  })

  await t.test('asks for a Node that the agent runs on, and for no other compiler or tool', () => {
    assert.equal(field('Version'), version)
    assert.equal(field('Architecture'), 'all')
    const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      engines: { node: string }
    }
    assert.ok(field('Depends').includes(`nodejs (${engines.node.replace('>=', '>= ')})`), field('Depends'))
    assert.equal(field('Recommends'), 'mpv')
    assert.match(field('Conflicts'), /amazonmusic2mqtt-bundled/)
  })

  await t.test('holds command, bundle, units, user, manual, completion and documents', () => {
    const dist = readdirSync(join(repository, 'dist')).map((name) => `usr/lib/amazonmusic2mqtt/${name}`)
    const units = readdirSync(join(repository, 'systemd'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(service|path|conf)$/.test(name))
      .map((name) => `usr/lib/systemd/system/${name}`)
    assert.ok(units.includes('usr/lib/systemd/system/amazonmusic2mqtt.service'), JSON.stringify(units))
    const wanted = [
      ...dist,
      ...units,
      'usr/bin/amazonmusic2mqtt',
      'usr/lib/sysusers.d/amazonmusic2mqtt.conf',
      settingsPath,
      'etc/motd.d/50-amazonmusic2mqtt',
      'etc/issue.d/50-amazonmusic2mqtt.issue',
      'usr/share/man/man1/amazonmusic2mqtt.1.gz',
      'usr/share/bash-completion/completions/amazonmusic2mqtt',
      'usr/share/doc/amazonmusic2mqtt/changelog.gz',
      'usr/share/doc/amazonmusic2mqtt/copyright',
      'usr/share/doc/amazonmusic2mqtt/README.md',
      'usr/share/doc/amazonmusic2mqtt/docs/mqtt.md',
    ]
    assert.deepEqual(
      wanted.filter((path) => !files.includes(path)),
      [],
    )
    const roots = [...new Set(files.map((path) => path.split('/').slice(0, 2).join('/')))].sort()
    assert.deepEqual(
      roots.filter((path) => !path.startsWith('DEBIAN/')),
      ['etc/amazonmusic2mqtt', 'etc/issue.d', 'etc/motd.d', 'usr/bin', 'usr/lib', 'usr/share'],
    )
  })

  await t.test('belongs to root, is written by nobody else, and keeps the settings from others', () => {
    const listing = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' }).trim().split('\n')
    const rows = listing.map((line) => line.split(/\s+/))
    assert.deepEqual(
      rows.filter(([, owner]) => owner !== 'root/root'),
      [],
    )
    const modes = new Map(rows.map(([mode = '', , , , , path = '']) => [path.replace('./', ''), mode]))
    assert.equal(modes.get(settingsPath), '-rw-r-----')
    for (const [path, mode] of modes) {
      const isScript = path === 'usr/bin/amazonmusic2mqtt' || path.endsWith('.sh')
      if (mode.startsWith('-') && path !== settingsPath)
        assert.equal(mode, isScript ? '-rwxr-xr-x' : '-rw-r--r--', path)
    }
  })

  await t.test('has the settings file, and nothing else, kept over upgrades', () => {
    assert.equal(read('DEBIAN/conffiles'), `/${settingsPath}\n`)
  })

  await t.test('sets nothing in its settings file, and names every setting with its default', () => {
    const parsed = parseAsNode(read(settingsPath))
    assert.deepEqual(parsed, {})
    const open = parseAsNode(read(settingsPath).replaceAll(/^#(?=A2M_)/gm, ''))
    const expected = settingKeys.map((key) => {
      const { env, defaultText }: Setting<unknown> = settingsTable[key]
      // A default in words is told in words.
      return [env, /[ $]/.test(defaultText) && !defaultText.includes('music::') ? '' : defaultText]
    })
    assert.deepEqual(open, Object.fromEntries(expected))

    function parseAsNode(text: string): Record<string, string> {
      const file = join(tempFolder(t), 'settings.env')
      writeFileSync(file, text)
      const said = execFileSync(
        process.execPath,
        [`--env-file=${file}`, '-p', 'JSON.stringify(process.env)'],
        {
          env: {},
          encoding: 'utf8',
        },
      )
      const all = JSON.parse(said) as Record<string, string>
      return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('A2M_')))
    }
  })

  await t.test('tells the sum of each of its files', () => {
    const sums = new Map(
      read('DEBIAN/md5sums')
        .trim()
        .split('\n')
        .map((line) => line.split('  ').reverse() as [string, string]),
    )
    const own = files.filter((path) => !path.startsWith('DEBIAN/') && lstatSync(join(folder, path)).isFile())
    assert.deepEqual([...sums.keys()].sort(), own.sort())
    for (const path of own) {
      const sum = createHash('md5')
        .update(readFileSync(join(folder, path)))
        .digest('hex')
      assert.equal(sums.get(path), sum, path)
    }
  })

  await t.test('says nothing of the machine that it was made on', () => {
    const words = [repository, homedir(), hostname()].filter((word) => word.length > 5)
    const zipped = (path: string): Buffer => {
      const raw = readFileSync(join(folder, path))
      return path.endsWith('.gz') ? gunzipSync(raw) : raw
    }
    for (const path of files.filter((name) => lstatSync(join(folder, name)).isFile())) {
      const found = words.find((word) => zipped(path).includes(word))
      assert.equal(found, undefined, path)
    }
  })

  await t.test('tells the licence of all that the bundle holds parts of', () => {
    const copyright = read('usr/share/doc/amazonmusic2mqtt/copyright')
    for (const name of ['mqtt', 'got', 'pino', 'conf', 'qrcode', 'saxes', 'aedes']) {
      assert.match(copyright, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'))
    }
    assert.ok(copyright.includes(readFileSync(join(repository, 'LICENSE'), 'utf8').trim()), copyright)
    assert.equal(read('usr/lib/amazonmusic2mqtt/LICENSES.txt'), copyright)
  })

  await t.test('tells what changed, this version first', () => {
    const changelog = gunzipSync(readFileSync(join(folder, 'usr/share/doc/amazonmusic2mqtt/changelog.gz')))
    const text = changelog.toString()
    assert.ok(text.startsWith(`amazonmusic2mqtt (${version}) `), text.slice(0, 80))
    const long = text.split('\n').filter((line) => line.length > 80 && !line.startsWith(' -- '))
    assert.deepEqual(long, [])
  })

  await t.test('stops and forgets each of its units when it goes', () => {
    const units = files.filter((path) => /^usr\/lib\/systemd\/system\/[^/]+$/.test(path))
    for (const unit of units.map((path) => path.replace(/.*amazonmusic2mqtt-?/, ''))) {
      assert.ok(read('DEBIAN/prerm').includes(unit), `prerm: ${unit}`)
      assert.ok(read('DEBIAN/postrm').includes(unit), `postrm: ${unit}`)
    }
  })

  await t.test('breaks no rule of Debian without saying why', { skip: requireTool('lintian') }, () => {
    const { status, stdout } = spawnSync('lintian', ['--fail-on', 'error,warning', deb], { encoding: 'utf8' })
    assert.equal(stdout, '')
    assert.equal(status, 0)
    // A reason stands above each exception.
    const lines = readFileSync(join(repository, 'scripts/package/lintian/amazonmusic2mqtt'), 'utf8')
    assert.match(lines, /^# /)
  })
})
