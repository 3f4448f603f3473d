import assert from 'node:assert/strict'
import { test } from 'node:test'

import { askDoctor, has, type DoctorPage } from '../../support/doctor-page.ts'
import { makeHome, prefix, type Home } from '../../support/built-agent.ts'
import { noJournal, startJournal, type Journal } from '../../support/systemd/journal.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'

const unit = 'amazonmusic2mqtt.service'

/** A line of the agent's own log. */
const logged = (error: string): string =>
  `<3>${JSON.stringify({ level: 'error', time: 1, name: 'account', msg: 'It failed', code: 'net/answer', error })}`

const key = 'c0ffee00c0ffee01c0ffee02c0ffee03'

/** What a line in the journal looks like, and what of it must not come out of it. */
const planted: readonly (readonly [line: string | Buffer, ...secrets: readonly string[]])[] = [
  [logged('refused Atzr|IwEBIHiddenOne-1 and Bearer Atza|IwEBIHiddenTwo-2'), 'HiddenOne', 'HiddenTwo'],
  [logged('sent client_secret=amzn1.oa2-cs.v1.HiddenThree3&grant_type=x'), 'HiddenThree'],
  [logged(`the key amzn1.oa2-cs.v1.${key} is not known`), 'c0ffee'],
  [
    logged('mqtt://agent:Hidden@Four@broker.example:1883 and mqtt://u:Hidden/Five@b'),
    'Hidden',
    'Four',
    'Five',
  ],
  [logged('{"device_code":"HiddenSix","user_code":"HIDE77","x":1}'), 'HiddenSix', 'HIDE77'],
  [logged(JSON.stringify({ body: '{"refresh_token":"HiddenEight"}' })), 'HiddenEight'],
  [logged('open amazon.com/us/code?cbl-code=HIDE99 or https://amazon.com/code HIDE98'), 'HIDE9'],
  [
    '<4>amazonmusic2mqtt[1]: password="Hidden ten and more" --mqtt-password HiddenEleven',
    'Hidden',
    'and more',
  ],
  [
    Buffer.concat([
      Buffer.from('<3>bytes '),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(' A2M_MQTT_PASSWORD=HiddenTwelve'),
    ]),
    'HiddenTwelve',
  ],
  [
    `<2>Error: GET /audio/1?Signature=HiddenThirteen at eyJhbGciOiJI.eyJzdWIiOiIx.Hidden14 ${key}`,
    'Hidden',
    key,
  ],
]

/** As root, on the machine of that journal. */
async function pages(
  home: Home,
  journal: Journal,
): Promise<{ readonly page: DoctorPage; readonly text: string }> {
  const onMachine: Pick<Home, 'start'> = { start: (cli) => home.start({ ...cli, launcher: journal.here }) }
  const page = await askDoctor(onMachine)
  const { stdout } = await onMachine.start({ args: ['doctor'] }).ended(30_000)
  return { page, text: stdout }
}

test(
  'of what a service wrote into the journal no secret gets onto the page, and all else does',
  { skip: noMosquitto || noJournal },
  async (t) => {
    const home = await makeHome(t)
    const journal = await startJournal(t)
    journal.print(
      unit,
      planted.map(([line]) => line),
    )
    const raw = journal.read(unit)
    const { page, text } = await pages(home, journal)
    const lines = page.said('Last warnings and errors')
    assert.equal(lines.filter((line) => line.startsWith('info journal,')).length, planted.length)
    for (const [, ...secrets] of planted) {
      for (const secret of secrets) {
        assert.ok(raw.includes(secret), `${secret} is in the journal`)
        assert.ok(!page.text.includes(secret) && !text.includes(secret), `${secret} in\n${lines.join('\n')}`)
      }
    }
    has(lines, /^info journal, account: net\/answer .* It failed: refused \[secret\]/)
    has(lines, /broker\.example:1883/)
    has(lines, /^info journal, systemd: .* bytes .*A2M_MQTT_PASSWORD=\[secret\]/)
  },
)

test(
  'nor does what a server said to an agent that has ended, whose journal root reads',
  { skip: noMosquitto || noJournal },
  async (t) => {
    const home = await makeHome(t)
    const journal = await startJournal(t)
    const agent = home.start({ launcher: journal.asService(unit) })
    await home.signIn()
    const { deviceCodes, accessTokens, refreshTokens } = home.sandbox.control.secrets()
    const issued = [...deviceCodes, ...accessTokens, ...refreshTokens]
    assert.ok(issued.length >= 3, `issued.length >= 3: ${issued.length}`)
    const words = `ask ftp://me:Hidden1@b/code HIDE22 with client_secret=Hidden3 or ${issued.join(' or ')}`
    home.sandbox.control.fault({
      path: '/auth/o2/token',
      times: 1e9,
      status: 400,
      body: { error: 'invalid_client', error_description: words },
    })
    home.sandbox.control.expireAccessTokens()
    await home.ask('request/search', '{"query":"kitchen"}')
    await home.client.next(`${prefix}/account`, ({ text }) => text.includes('account/client'))
    agent.kill('SIGTERM')
    assert.equal((await agent.ended()).code, 0)

    const raw = journal.read(unit)
    const { page, text } = await pages(home, journal)
    has(page.said('Running agent'), /^warn agent: none runs/)
    has(
      page.said('Last warnings and errors'),
      /^info journal, account: account\/client .* ask ftp:\/\/\[user\]@b\/code \[secret\] with/,
    )
    for (const secret of ['Hidden1', 'HIDE22', 'Hidden3']) {
      assert.ok(raw.includes(secret), `${secret} is in the journal`)
      assert.ok(!page.text.includes(secret) && !text.includes(secret), page.text)
    }
    // These the agent itself does not repeat.
    for (const secret of issued) {
      assert.ok(!raw.includes(secret) && !page.text.includes(secret) && !text.includes(secret), page.text)
    }
  },
)
