import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { build } from 'esbuild'

import { makeHome, prefix } from '../../support/built-agent.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import { tempFolder } from '../../support/temp-folder.ts'

/** More file calls than a save has: the run that lives through all of them ends the test. */
const mostCalls = 60

async function killer(t: TestContext): Promise<string> {
  const outfile = join(tempFolder(t), 'kill-at-token-write.cjs')
  const entry = join(import.meta.dirname, 'kill-at-token-write.ts')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
  return outfile
}

test(
  'the built agent, killed before each file call of a token write, is still signed in after it',
  { skip: noMosquitto },
  async (t) => {
    // The old refresh token lives until the new access token is used: what a lost write needs to be recoverable at all.
    const home = await makeHome(t, { sandbox: { rotation: 'on-first-use' } })
    const hook = await killer(t)
    const first = home.start()
    await home.signIn()
    first.kill('SIGTERM')
    assert.equal((await first.ended()).code, 0)

    let kills = 0
    for (let killBefore = 1; killBefore <= mostCalls; killBefore++) {
      // A start renews the saved token at once, and saves the new one.
      const doomed = home.start({
        nodeArgs: ['--require', hook],
        env: { A2M_TEST_KILL_BEFORE: String(killBefore) },
      })
      // Of this agent, or of the one after it: whichever gets there.
      const signedIn = home.client.next(`${prefix}/account`, ({ text }) =>
        text.includes('"state":"signed_in"'),
      )
      const outcome = await Promise.race([
        doomed.ended().then(({ signal }) => signal),
        signedIn.then(() => 'lived'),
      ])
      if (outcome === 'lived') {
        doomed.kill('SIGTERM')
        await doomed.ended()
        break
      }
      assert.equal(outcome, 'SIGKILL', doomed.printed)
      kills += 1
      assert.equal(statSync(join(home.stateDir, 'tokens.json')).mode & 0o777, 0o600)

      const survivor = home.start()
      await signedIn
      survivor.kill('SIGTERM')
      await survivor.ended()
    }
    assert.ok(kills >= 8 && kills < mostCalls, `${kills} kills`)
    assert.equal(home.sandbox.control.codes().length, 1, 'nobody had to sign in again')
  },
)
