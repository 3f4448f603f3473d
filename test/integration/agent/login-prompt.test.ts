import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { startTestAgent } from '../../support/agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test(
  'motd and issue show the code that waits, each new one in its turn, and are gone after success, denial, expiry and stop',
  { skip: noMosquitto },
  async (t) => {
    const folder = tempFolder(t)
    for (const name of ['motd', 'issue']) writeFileSync(join(folder, name), 'of a killed agent')
    const agent = await startTestAgent(t, { env: { RUNTIME_DIRECTORY: folder } })
    const codes = (): readonly string[] => agent.sandbox.control.codes().map(({ userCode }) => userCode)
    const files = (): readonly string[] => readdirSync(folder).sort()
    const shows = (code: string | undefined): boolean =>
      ['motd', 'issue'].every((name) => {
        const path = join(folder, name)
        return existsSync(path) && readFileSync(path, 'utf8').includes(`    ${code ?? '?'}\n`)
      })
    const loginState = (): unknown =>
      (JSON.parse(agent.now('login') ?? '{}') as Record<string, unknown>)['state']

    await agent.until('the first code in both', () => shows(codes()[0]))
    await agent.drive('the first code runs out', () => codes().length === 2 && shows(codes()[1]), 30_000)
    await agent.drive('the codes run out', () => loginState() === 'waiting_for_user_action', 30_000)
    assert.deepEqual(files(), [], 'after the last code has expired')

    await agent.ask('command', 'login')
    await agent.drive('another code', () => shows(codes().at(-1)))
    agent.sandbox.control.deny()
    await agent.drive('the denial', () => loginState() === 'waiting_for_user_action')
    assert.deepEqual(files(), [], 'after a denial')

    await agent.ask('command', 'login')
    await agent.drive('another code', () => shows(codes().at(-1)))
    await agent.stop()
    assert.deepEqual(files(), [], 'after a stop')
    assert.ok(!existsSync(join(agent.stateDir, 'login.json')), 'and so is login.json')

    await agent.start()
    await agent.drive('another code', () => shows(codes().at(-1)))
    await agent.signIn()
    assert.deepEqual(files(), [], 'after the sign-in')
    assert.match(readFileSync(join(agent.stateDir, 'login.json'), 'utf8'), /"state":"idle","user_code":null/)
  },
)
