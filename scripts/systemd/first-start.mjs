import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { device, stateFolder, unit } from './box.mjs'

/** The first start of a box that was never signed in.
 * @param {import('./box.mjs').Box} box
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function firstStart(box, must) {
  await must('it starts with no network, no broker and no Amazon, and says what it waits for', async () => {
    await box.ctl('start', unit)
    assert.equal(await box.show('ActiveState'), 'active')
    return box.becomes('StatusText', /^No code yet: /)
  })
  await must('it is active only once it says so, however long it takes to load', async () => {
    await box.ctl('stop', unit)
    await box.dropIn('slow', [`Environment=NODE_OPTIONS=--require=${box.proof('slow.cjs')}`])
    await box.ctl('start', '--no-block', unit)
    await box.becomes('ActiveState', 'activating', 3_000)
    await sleep(1_500)
    assert.equal(await box.show('ActiveState'), 'activating')
    await box.becomes('ActiveState', 'active')
    await box.ctl('stop', unit)
    await box.takeBack('slow')
  })
  await must('spawn to active', async () => {
    await box.startBroker()
    await box.startSandbox()
    await box.ctl('start', unit)
    const began = await box.seconds('ExecMainStart')
    return `${Math.round(((await box.seconds('ActiveEnter')) - began) * 1000)} ms`
  })
  await must('the status shows the page and the code to enter', async () => {
    const code = await box.code()
    const codes = await box.sandbox('GET', '/control/codes')
    assert.ok(codes.some(({ userCode, state }) => userCode === code && state === 'pending'))
    const status = await box.machine.run(['systemctl', 'status', '--no-pager', unit])
    assert.match(status.stdout, new RegExp(`Status: "Waiting for sign-in: \\S+ ${code}"`))
    return box.show('StatusText')
  })
  await must('the journal has the line with the address', async () => {
    assert.match(await box.journal(), new RegExp(`\\S+:8080/\\S*code`))
  })
  await must('everybody may read the code at the login prompts while it waits', async () => {
    const code = await box.code()
    for (const name of ['motd', 'issue']) {
      const path = `/run/amazonmusic2mqtt/${name}`
      assert.equal(await box.out(['stat', '-c', '%a', path]), '644')
      assert.match(
        await box.out(['setpriv', '--reuid=nobody', '--clear-groups', 'cat', path]),
        new RegExp(code),
      )
    }
  })
  await must('once the user agrees the status follows, and the login prompts are as before', async () => {
    await box.approve()
    assert.equal(await box.sh('ls -A /run/amazonmusic2mqtt | grep -E "motd|issue" || true'), '')
    assert.equal(JSON.parse(await box.topic('account')).state, 'signed_in')
  })
  await must('its process has no privileges and its folder is its own', async () => {
    const pid = await box.show('MainPID')
    const status = await box.out(['cat', `/proc/${pid}/status`])
    const of = (name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)[1]
    assert.deepEqual(['NoNewPrivs', 'Seccomp', 'CapEff', 'CapBnd', 'CapAmb'].map(of), [
      '1',
      '2',
      ...Array(3).fill('0000000000000000'),
    ])
    assert.equal(of('Uid').split('\t')[0], await box.out(['id', '-u', 'amazonmusic2mqtt']))
    assert.match(await box.out(['cat', `/proc/${pid}/limits`]), /Max core file size\s+0\s+0/)
    assert.equal(await box.out(['stat', '-c', '%a %U', stateFolder]), '700 amazonmusic2mqtt')
    const open = await box.out(['find', stateFolder, '-type', 'f', '-perm', '/077'])
    assert.equal(open, '', 'files that others may read')
  })
  await must('after a restart it is signed in as before', async () => {
    const waiting = async () =>
      (await box.sandbox('GET', '/control/codes')).filter(({ state }) => state === 'pending').length
    await box.ctl('restart', unit)
    await box.becomes('StatusText', /^Ready$/)
    assert.equal(await waiting(), 0)
  })
  await must('the journal has the priorities of the levels', async () => {
    await box.stopBroker()
    await box.becomes('StatusText', /waiting for the broker/)
    await box.startBroker()
    await box.becomes('StatusText', /^Ready$/)
    const entries = (await box.journal('-o', 'json')).split('\n').map((line) => JSON.parse(line))
    const own = entries.filter(
      ({ _EXE: exe, MESSAGE: text }) => exe?.endsWith('node') && text.startsWith('{'),
    )
    const byLevel = { debug: 7, info: 6, warn: 4, error: 3, fatal: 2 }
    for (const { PRIORITY: priority, MESSAGE: text } of own) {
      assert.equal(Number(priority), byLevel[JSON.parse(text).level], text)
    }
    const levels = new Set(own.map(({ MESSAGE: text }) => JSON.parse(text).level))
    assert.doesNotMatch(await box.journal('-p', 'warning'), /"level":"(info|debug)"/)
    assert.ok(levels.has('info') && levels.has('warn'), [...levels].join())
  })
  await must('a command over MQTT is answered', async () => {
    const [answer] = await Promise.all([
      box.topic('result'),
      sleep(500).then(() => box.publish('set/volume', '33')),
    ])
    assert.equal(JSON.parse(answer).status, 'ok', `${device}: ${answer}`)
  })
}
