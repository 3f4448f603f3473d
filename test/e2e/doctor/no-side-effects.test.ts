import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { mainBundle } from '../../support/cli-process.ts'
import { askDoctor, doctorPage, has, type DoctorPage } from '../../support/doctor-page.ts'
import { makeHome } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'

test(
  'without an agent it asks by itself, begins no sign-in and leaves no trace',
  { skip: noMosquitto },
  async (t) => {
    const home = await makeHome(t)
    mkdirSync(home.stateDir, { mode: 0o755 })
    chmodSync(home.stateDir, 0o755)
    const page = await askDoctor(home)
    assert.deepEqual([page.code, page.failures], [0, []])
    has(page.said('Running agent'), /^warn agent: none runs/)
    has(page.said('Login with Amazon'), /^ok client id: not refused/)
    has(page.said('Amazon Music'), /^info signed-in call: not tried/)
    has(page.said('State folder'), /^warn sign-in: account\/signed-out none is saved/)
    assert.equal(home.sandbox.control.codes().length, 0, 'no code was asked for')
    assert.deepEqual(readdirSync(home.stateDir), [], 'nothing is left behind')
    assert.equal(statSync(home.stateDir).mode & 0o777, 0o755, 'nor is anything changed')
    const later = await home.visit()
    await later.publish('end', 'of what was said')
    await later.next('end')
    assert.deepEqual(later.inbox.left, [])
  },
)

test('a state folder that is not there yet is not made', { skip: noMosquitto }, async (t) => {
  const home = await makeHome(t)
  has((await askDoctor(home)).said('State folder'), /^info state folder: .* not there yet/)
  assert.throws(() => statSync(home.stateDir), { code: 'ENOENT' })
})

/** As Debian numbers it. */
const nobody = 65_534

/** The command line as another user than root. */
async function asNobody(t: TestContext, env: Readonly<Record<string, string>>): Promise<DoctorPage> {
  const folder = tempFolder(t)
  cpSync(dirname(mainBundle), join(folder, 'dist'), { recursive: true })
  chmodSync(folder, 0o755)
  const args = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  const main = join(folder, 'dist', 'main.cjs')
  return new Promise((resolve) => {
    execFile(
      'setpriv',
      [...args, process.execPath, main, 'doctor', '--json'],
      { env: { PATH: process.env['PATH'], ...env }, timeout: 30_000 },
      (error, stdout) => resolve(doctorPage(error === null ? 0 : Number(error.code), stdout)),
    )
  })
}

test(
  'a state folder that this user cannot write, or may not look into',
  { skip: noMosquitto || (process.getuid?.() !== 0 && 'only root can become another user') },
  async (t) => {
    const home = await makeHome(t)
    const folder = tempFolder(t)
    chmodSync(folder, 0o755)
    const stateDir = join(folder, 'state')
    mkdirSync(stateDir, { mode: 0o500 })
    chownSync(stateDir, nobody, nobody)
    const env = { ...home.env, A2M_STATE_DIR: stateDir }
    const unwritable = await asNobody(t, env)
    has(unwritable.said('State folder'), /^FAIL writable: state\/unwritable .*EACCES/)
    assert.equal(unwritable.code, 78)

    // As it is when the agent was started by root once, by mistake.
    chownSync(stateDir, 0, 0)
    has((await asNobody(t, env)).said('State folder'), /^FAIL writable: state\/unwritable/)

    // As an ordinary user finds the service's.
    chmodSync(stateDir, 0o700)
    chownSync(stateDir, 1, 1)
    const foreign = await asNobody(t, env)
    has(foreign.said('State folder'), /^warn writable: it belongs to user 1/)
    has(foreign.said('State folder'), /^warn files: this user may not see/)
    has(foreign.said('Running agent'), /^warn agent: this user may not ask it/)
    assert.deepEqual([foreign.code, foreign.failures], [0, []])
    has((await askDoctor(home, env)).said('State folder'), /^info writable: tried by root/)
  },
)
