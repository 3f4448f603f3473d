import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { startCli } from '../../support/cli-process.ts'
import { clientId, securityProfileId } from '../../support/built-agent.ts'
import { repository } from '../../support/debian-package.ts'
import { noServiceManager, startServiceManager } from '../../support/systemd/service-manager.ts'
import { noMount, smallDisk } from '../../support/small-disk.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const ids = { A2M_LWA_CLIENT_ID: clientId, A2M_SECURITY_PROFILE_ID: securityProfileId, A2M_PLAYER: 'none' }

test(
  'a routes file that cannot be used ends with 78, and is told to the journal as an error',
  { skip: noServiceManager },
  async (t) => {
    const systemd = await startServiceManager(t)
    const folder = tempFolder(t)
    writeFileSync(join(folder, 'routes.json'), '{"nope":')
    await using agent = startCli({
      args: ['run'],
      env: {
        ...ids,
        A2M_STATE_DIR: join(folder, 'state'),
        A2M_MUSIC_ROUTES_FILE: join(folder, 'routes.json'),
      },
      launcher: systemd.launcher({ journal: true }),
    })
    const { code, stdout } = await agent.ended()
    assert.equal(code, 78)
    assert.match(stdout, /^<3>A2M_MUSIC_ROUTES_FILE: /m)
    assert.match(stdout, /^<3>\(settings\/invalid\)$/m)
  },
)

test('a state folder that cannot be written ends with 73, one that another agent has with 69', async (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'file'), '')
  await using nowhere = startCli({
    args: ['run'],
    env: { ...ids, A2M_STATE_DIR: join(folder, 'file', 'state') },
  })
  assert.equal((await nowhere.ended()).code, 73)

  const env = { ...ids, A2M_STATE_DIR: join(folder, 'state'), A2M_MQTT_URL: 'mqtt://localhost:1' }
  await using first = startCli({ args: ['run'], env })
  await first.line(' runs')
  await using second = startCli({ args: ['run'], env })
  assert.equal((await second.ended()).code, 69)
})

test('systemd starts again what ends with 73', () => {
  const unit = readFileSync(join(repository, 'systemd', 'amazonmusic2mqtt.service'), 'utf8')
  assert.match(unit, /^Restart=always$/m)
  assert.equal(/^RestartPreventExitStatus=(.*)$/m.exec(unit)?.[1], '64 78')
})

test(
  'a disk that is read-only at the very first start ends with 73: there is nothing to run on',
  { skip: noMount },
  async (t) => {
    const disk = smallDisk(t)
    disk.readOnly(true)
    await using agent = startCli({ args: ['run'], env: { ...ids, A2M_STATE_DIR: disk.folder } })
    const { code, stderr } = await agent.ended()
    assert.equal(code, 73)
    assert.match(stderr, /cannot be claimed \(EROFS\)/)
  },
)

test('a command line that is not understood ends with 64', async () => {
  await using agent = startCli({ args: ['run', '--nope'], env: ids })
  assert.equal((await agent.ended()).code, 64)
})
