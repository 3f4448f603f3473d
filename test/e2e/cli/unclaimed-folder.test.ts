import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { startCli } from '../../support/cli-process.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { noMount, smallDisk } from '../../support/small-disk.ts'

test(
  'beside an agent whose folder became read-only, status, login and logout say that one may run',
  { skip: noMosquitto || noMount },
  async (t) => {
    const disk = smallDisk(t)
    const home = await makeHome(t)
    const env = { ...home.env, A2M_STATE_DIR: join(disk.folder, 'state') }
    const first = home.start({ env })
    await home.signIn()
    first.kill('SIGTERM')
    assert.equal((await first.ended()).code, 0)
    disk.readOnly(true)

    const agent = home.start({ env })
    await home.client.next(`${prefix}/error`, ({ text }) => text.includes('state/unwritable'))
    for (const [command, code] of [
      ['status', 69],
      ['login', 73],
      ['logout', 73],
    ] as const) {
      await using cli = startCli({ args: [command], env })
      const ended = await cli.ended()
      assert.equal(ended.code, code, command)
      assert.match(ended.stdout + ended.stderr, /cannot be written \(EROFS\)\. An agent may run all the same/)
    }
    agent.kill('SIGTERM')
    assert.equal((await agent.ended()).code, 0)

    // Nobody runs, the folder can be written: nothing is guessed.
    disk.readOnly(false)
    await using status = startCli({ args: ['status'], env })
    assert.match((await status.ended()).stdout, /^No agent runs on /)
  },
)
