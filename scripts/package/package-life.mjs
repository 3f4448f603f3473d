import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { until } from '../lib/until.mjs'

const unit = 'amazonmusic2mqtt.service'
const settings = '/etc/amazonmusic2mqtt/amazonmusic2mqtt.env'
const state = '/var/lib/amazonmusic2mqtt'
const tokens = `${state}/tokens.json`
const sandbox = 'http://127.0.0.1:8080'
const filledIn = [
  'A2M_LWA_CLIENT_ID=amzn1.application-oa2-client.00000000000000000000000000000000',
  'A2M_SECURITY_PROFILE_ID=amzn1.application.00000000000000000000000000000000',
  `A2M_LWA_URL=${sandbox}`,
  `A2M_MUSIC_URL=${sandbox}`,
  'A2M_DEVICE_NAME=kitchen',
  '',
].join('\n')

/**
 * A device's years with the packages, from the first install to the purge.
 *
 * @param {import('../lib/debian-root.mjs').DebianRoot} debian
 * @param {{ all: string, bundled: string, nextAll: string, nextBundled: string }} debs paths in it
 * @param {(what: string, prove: () => unknown) => Promise<void>} must
 */
export async function packageLife(debian, debs, must) {
  const isOld = debian.suite === 'bookworm'
  const at = (path) => join(debian.path, path)
  if (isOld)
    await must('Debian 12 with its own Node 18 refuses the package that needs another', () =>
      refuses(debian, debs),
    )

  const machine = await debian.boot()
  const { out, run } = machine
  const apt = (...args) =>
    out(['apt-get', '-q', '-y', '--no-install-recommends', ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      withinMs: 300_000,
    })
  const sh = (script) => out(['sh', '-c', script])
  const show = (property) => out(['systemctl', 'show', '--value', '-p', property, unit])
  const isActive = () =>
    until(
      'the service',
      async () => (await show('ActiveState')) === 'active',
      30_000,
      () => show('ActiveState'),
    )
  const isSignedIn = () =>
    until(
      'signed in',
      async () => (await run(['amazonmusic2mqtt', 'status'])).stdout.includes('"signed_in"'),
      30_000,
    )
  const [first, second, name, otherName] = isOld
    ? [debs.bundled, debs.nextBundled, 'amazonmusic2mqtt-bundled', 'amazonmusic2mqtt']
    : [debs.all, debs.nextAll, 'amazonmusic2mqtt', 'amazonmusic2mqtt-bundled']

  let said = ''
  await must(`${name} installs from the file alone, and says what to do in two lines`, async () => {
    said = await apt('install', first)
    const told = said.split('\n').filter((line) => /A2M_LWA_CLIENT_ID|amazonmusic2mqtt login/.test(line))
    assert.equal(told.length, 2, said)
    assert.ok(!/failed|error|warning/i.test(said), said)
    return told[0]
  })
  await must('without settings the service ends with 78 and is not started again', async () => {
    await until('its end', async () => (await show('ActiveState')) === 'failed')
    await out(['sleep', '8'])
    assert.deepEqual(
      [await show('ExecMainStatus'), await show('NRestarts'), await show('ActiveState')],
      ['78', '0', 'failed'],
    )
    const journal = await out(['journalctl', '--no-pager', '-o', 'cat', '-u', unit])
    assert.match(journal, /A2M_LWA_CLIENT_ID is not set/)
    assert.equal(journal.split('settings/invalid').length, 2, journal)
    const page = (await run(['amazonmusic2mqtt', 'doctor'])).stdout
    assert.match(page.slice(page.indexOf('## Last warnings')), /A2M_LWA_CLIENT_ID is not set/, page)
  })
  await must(
    'it is enabled, and its user has the state folder, the settings and the sound card',
    async () => {
      assert.equal(await out(['systemctl', 'is-enabled', unit]), 'enabled')
      assert.equal(await out(['stat', '-c', '%A %U:%G', settings]), '-rw-r----- root:amazonmusic2mqtt')
      assert.equal(
        await out(['stat', '-c', '%A %U:%G', state]),
        'drwx------ amazonmusic2mqtt:amazonmusic2mqtt',
      )
      assert.match(await out(['id', '-nG', 'amazonmusic2mqtt']), /\baudio\b/)
    },
  )
  await must('systemd has nothing to say against its units', async () => {
    const units = await sh('ls /usr/lib/systemd/system/amazonmusic2mqtt*.service')
    const { stdout, stderr } = await run(['systemd-analyze', 'verify', '--man=no', ...units.split('\n')])
    // Debian 12 does not know all that Debian 13 does, and says so.
    const complaints = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.includes('amazonmusic2mqtt') && !/Unknown key/.test(line))
    assert.deepEqual(complaints, [])
    assert.ok(!isOld || /Unknown key/.test(stderr) || stderr === '')
    return `${units.split('\n').length} units`
  })
  await must('the links for login prompts lead nowhere and harm nothing', async () => {
    assert.equal(
      await out(['readlink', '/etc/motd.d/50-amazonmusic2mqtt']),
      '/run/amazonmusic2mqtt-prompt/motd',
    )
    assert.equal(
      await out(['readlink', '/etc/issue.d/50-amazonmusic2mqtt.issue']),
      '/run/amazonmusic2mqtt-prompt/issue',
    )
  })
  await must(
    'a person who is not root is told to use sudo; help, sandbox and check-player are for everybody',
    async () => {
      const asNobody = (...args) =>
        run(['setpriv', '--reuid=nobody', '--clear-groups', 'amazonmusic2mqtt', ...args])
      const refused = await asNobody('status')
      assert.equal(refused.status, 78)
      assert.match(refused.stderr, /sudo amazonmusic2mqtt status/)
      assert.match((await asNobody('doctor')).stdout, /^# amazonmusic2mqtt doctor/)
      assert.equal((await asNobody('--version')).status, 0)
      assert.match((await asNobody('--help')).stdout, /Commands/)
      const own = await run([
        'setpriv',
        '--reuid=nobody',
        '--clear-groups',
        'env',
        'A2M_STATE_DIR=/tmp/own',
        'amazonmusic2mqtt',
        'status',
      ])
      assert.equal(own.status, 69, own.stderr)
    },
  )
  await must('root asks about a service that does not run', async () => {
    const { status, stdout } = await run(['amazonmusic2mqtt', 'status'])
    assert.equal(status, 69)
    assert.match(stdout, /No agent runs on \/var\/lib\/amazonmusic2mqtt/)
  })

  writeFileSync(at('/etc/hosts'), '127.0.0.1 localhost\n')
  appendFileSync(at(settings), filledIn)
  await out(['systemctl', 'start', 'mosquitto'])
  const stand = ['amazonmusic2mqtt', 'sandbox', '--port', '8080', '--approve']
  await out(['systemd-run', '--quiet', '--unit=sandbox', '--uid=nobody', ...stand])

  let before
  await must(
    'with settings filled in it starts, and root signs it in by "amazonmusic2mqtt login"',
    async () => {
      await out(['systemctl', 'restart', unit])
      await isActive()
      const { status, stdout, stderr } = await run(['amazonmusic2mqtt', 'login'])
      assert.equal(status, 0, stdout + stderr)
      assert.match(stdout, /signed in/)
      await isSignedIn()
      before = readFileSync(at(tokens), 'utf8')
      return await show('StatusText')
    },
  )
  await must(
    "root may ask, check and even run without leaving a file of root's in the state folder",
    async () => {
      for (const command of ['status', 'login']) await out(['amazonmusic2mqtt', command])
      await run(['amazonmusic2mqtt', 'check'])
      const second = await run(['amazonmusic2mqtt', 'run'])
      assert.match(second.stderr, /state\/owned/)
      assert.equal(await out(['find', state, '!', '-user', 'amazonmusic2mqtt']), '')
    },
  )
  await must('which Node it runs on', async () => {
    const runs = await out(['readlink', `/proc/${await show('MainPID')}/exe`])
    assert.equal(runs, isOld ? '/usr/lib/amazonmusic2mqtt/node' : '/usr/bin/node')
    assert.equal((await run(['sh', '-c', 'command -v node'])).stdout.trim(), isOld ? '' : '/usr/bin/node')
    return `${runs} ${await out([runs, '--version'])}`
  })

  await must('an upgrade restarts it and keeps settings, permissions and the sign-in', async () => {
    const pid = await show('MainPID')
    said = await apt('install', second)
    assert.notEqual(await show('MainPID'), pid)
    await isActive()
    await isSignedIn()
    assert.ok(readFileSync(at(settings), 'utf8').endsWith(filledIn))
    assert.equal(await out(['stat', '-c', '%A %U:%G', settings]), '-rw-r----- root:amazonmusic2mqtt')
    assert.equal(sameSignIn(readFileSync(at(tokens), 'utf8')), sameSignIn(before))
    assert.ok(!/A2M_LWA_CLIENT_ID|failed|error/i.test(said), said)
    return await out(['dpkg-query', '-W', '-f', '${Version}', name])
  })
  await must('whoever has disabled and stopped it finds it so after an upgrade', async () => {
    await out(['systemctl', 'disable', '--now', unit])
    await apt('install', '--reinstall', second)
    assert.equal(await run(['systemctl', 'is-enabled', unit]).then(({ stdout }) => stdout.trim()), 'disabled')
    assert.equal(await show('ActiveState'), 'inactive')
    await out(['systemctl', 'enable', '--now', unit])
    await isActive()
  })
  await must('remove stops it and keeps settings and sign-in', async () => {
    await apt('remove', name)
    assert.ok(!existsSync(at('/usr/bin/amazonmusic2mqtt')) && !existsSync(at('/usr/lib/amazonmusic2mqtt')))
    assert.notEqual(await show('ActiveState'), 'active')
    assert.equal((await run(['pgrep', '-u', 'amazonmusic2mqtt'])).stdout, '')
    assert.ok(readFileSync(at(settings), 'utf8').endsWith(filledIn))
    assert.ok(existsSync(at(tokens)))
  })
  await must('installed again it goes on where it was', async () => {
    await apt('install', second)
    await isActive()
    await isSignedIn()
  })

  if (!isOld) {
    await must(
      'the other package takes its place: settings, sign-in and service go on, on another Node',
      async () => {
        said = await apt('install', debs.nextBundled)
        await isActive()
        await isSignedIn()
        assert.ok(readFileSync(at(settings), 'utf8').endsWith(filledIn))
        assert.equal(await out(['stat', '-c', '%A %U:%G', settings]), '-rw-r----- root:amazonmusic2mqtt')
        assert.equal(
          await out(['readlink', `/proc/${await show('MainPID')}/exe`]),
          '/usr/lib/amazonmusic2mqtt/node',
        )
        assert.equal(await out(['systemctl', 'is-enabled', unit]), 'enabled')
      },
    )
    await must('purging the package that was replaced takes nothing from the one that is there', async () => {
      await apt('purge', name)
      await isActive()
      await isSignedIn()
      assert.ok(readFileSync(at(settings), 'utf8').endsWith(filledIn))
      assert.equal(await out(['systemctl', 'is-enabled', unit]), 'enabled')
    })
    await must('and the other way round', async () => {
      await apt('install', debs.nextAll)
      await apt('purge', otherName)
      await isActive()
      await isSignedIn()
      assert.ok(readFileSync(at(settings), 'utf8').endsWith(filledIn))
      assert.equal(await out(['readlink', `/proc/${await show('MainPID')}/exe`]), '/usr/bin/node')
    })
  }

  await must('purge leaves nothing behind but the user, as Debian has it', async () => {
    await out(['systemctl', 'stop', 'sandbox'])
    // What an operator may have switched on.
    await run(['systemctl', 'enable', 'amazonmusic2mqtt-tty.service'])
    await apt('purge', name)
    assert.deepEqual(leftIn(at('/'), 'amazonmusic2mqtt'), [])
    assert.equal(
      await sh(
        'find /run /tmp /dev/shm -name "*amazonmusic2mqtt*" | grep -v "^/run/systemd/propagate" || true',
      ),
      '',
    )
    assert.equal(await sh('systemctl list-units --all --no-legend "amazonmusic2mqtt*" || true'), '')
    assert.equal((await run(['systemctl', 'cat', unit])).status, 1)
    assert.match(await out(['getent', 'passwd', 'amazonmusic2mqtt']), /nologin$/)
  })
  await machine.poweroff()
}

async function refuses(debian, { all }) {
  const net = await debian.run(['apt-get', '-q', 'update'], { withinMs: 300_000 })
  const { status, stdout, stderr } = await debian.run(
    ['apt-get', '-q', '-y', '--no-install-recommends', 'install', all],
    {
      withinMs: 300_000,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    },
  )
  assert.notEqual(status, 0)
  assert.match(stdout + stderr, /Depends: nodejs \(>= 20\.19\)/)
  assert.ok(!existsSync(join(debian.path, '/usr/bin/amazonmusic2mqtt')))
  const why = /Depends: nodejs .*/.exec(stdout + stderr)[0]
  return net.status === 0 ? why : `${why} (without the archive)`
}

/** What a sign-in is: a renewal writes the file anew. */
function sameSignIn(text) {
  return JSON.stringify(Object.keys(JSON.parse(text)).sort())
}

/** Paths in `folder` with `part` in their names. */
function leftIn(folder, part, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}/${entry.name}`
    if (['/proc', '/sys', '/dev', '/root', '/run', '/tmp'].includes(path)) return []
    if (entry.name.includes(part)) return [path]
    return entry.isDirectory() ? leftIn(folder, part, path) : []
  })
}
