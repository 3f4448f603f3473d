import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'

import { maskedSettings } from '../../../src/settings/masked-settings.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { enough, problems, read } from './sources.ts'

const canary = 'canary-p@ss'

test('user and password are taken out of the address, decoded, and show nowhere', () => {
  const { settings, notices } = read({ A2M_MQTT_URL: 'mqtts://pat:canary-p%40ss@broker:8883' })
  assert.equal(settings.mqttUrl.href, 'mqtts://broker:8883')
  assert.equal(settings.mqttUsername, 'pat')
  assert.equal(settings.mqttPassword?.reveal(), canary)
  assert.doesNotMatch(inspect(settings, { depth: 9 }) + JSON.stringify(settings), /canary/)
  assert.deepEqual(notices, [])
})

test('the password may stand in a file, whose last line feed is not part of it', () => {
  const env = { A2M_MQTT_USERNAME: 'pat', A2M_MQTT_PASSWORD_FILE: '/secret' }
  assert.equal(read(env, {}, { '/secret': ` ${canary} \n` }).settings.mqttPassword?.reveal(), ` ${canary} `)
  assert.match(problems(env, {}, { '/secret': '\n' })[0] ?? '', /is empty/)
})

test('white space around a password is part of it', () => {
  const { settings } = read({ A2M_MQTT_USERNAME: 'pat', A2M_MQTT_PASSWORD: ' x ' })
  assert.equal(settings.mqttPassword?.reveal(), ' x ')
})

test('a password from two places is refused, and not shown', () => {
  const found = problems(
    { A2M_MQTT_USERNAME: 'pat', A2M_MQTT_PASSWORD: canary, A2M_MQTT_PASSWORD_FILE: '/secret' },
    {},
    { '/secret': canary },
  )
  assert.deepEqual(found, [
    "A2M_MQTT_PASSWORD and A2M_MQTT_PASSWORD_FILE each give the broker's password: expected only one of them",
  ])
  assert.match(
    problems({ A2M_MQTT_URL: `mqtt://pat:x@h`, A2M_MQTT_PASSWORD: canary })[0] ?? '',
    /^A2M_MQTT_PASSWORD and A2M_MQTT_URL each/,
  )
})

test('two users are refused', () => {
  const found = problems({ A2M_MQTT_URL: 'mqtt://pat@h', A2M_MQTT_USERNAME: 'kim' })
  assert.match(found[0] ?? '', /name different users/)
})

test('a password needs its user', () => {
  assert.match(problems({ A2M_MQTT_PASSWORD: canary })[0] ?? '', /^A2M_MQTT_USERNAME is not set/)
})

test('an address with a password is refused as a flag', () => {
  const found = problems({}, { mqttUrl: `mqtt://pat:canary@h` })
  assert.match(found[0] ?? '', /--mqtt-url.*can read a command line/)
  assert.doesNotMatch(found.join(), /canary/)
})

test('a password that would travel readable is told, but to this machine', () => {
  const password = { A2M_MQTT_USERNAME: 'pat', A2M_MQTT_PASSWORD: canary }
  assert.match(read({ ...password, A2M_MQTT_URL: 'mqtt://broker' }).notices[0] ?? '', /travels readable/)
  assert.match(read({ ...password, A2M_MQTT_URL: 'ws://broker' }).notices[0] ?? '', /travels readable/)
  assert.deepEqual(read({ ...password, A2M_MQTT_URL: 'wss://broker/mqtt' }).notices, [])
  assert.deepEqual(read(password).notices, [])
})

test('a certificate and its key come together, belong together and can be opened', async () => {
  await using authority = await createTlsAuthority()
  const { cert, key } = await authority.issue('agent')
  const other = await authority.issue('other')
  const open = { '/c': cert.toString(), '/k': key.toString(), '/other': other.key.toString() }
  const shut = (passphrase: string): string =>
    createPrivateKey(key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase,
    }) as string
  const files = {
    ...open,
    '/shut': shut('canary'),
    '/phrase': 'canary\n',
    '/half': `${open['/k'].slice(0, 90)}\n`,
  }
  assert.match(problems({ A2M_MQTT_CERT_FILE: '/c' }, {}, files)[0] ?? '', /^A2M_MQTT_KEY_FILE is not set/)
  assert.match(problems({ A2M_MQTT_KEY_FILE: '/k' }, {}, files)[0] ?? '', /^A2M_MQTT_CERT_FILE is not set/)
  const { settings } = read({ A2M_MQTT_CERT_FILE: '/c', A2M_MQTT_KEY_FILE: '/k' }, {}, files)
  assert.deepEqual([settings.mqttCertFile, settings.mqttKeyFile], ['/c', '/k'])

  const phrase = { A2M_MQTT_CERT_FILE: '/c', A2M_MQTT_KEY_FILE: '/shut' }
  for (const env of [{ A2M_MQTT_KEY_PASSPHRASE: 'canary' }, { A2M_MQTT_KEY_PASSPHRASE_FILE: '/phrase' }]) {
    assert.equal(read({ ...phrase, ...env }, {}, files).settings.mqttKeyPassphrase?.reveal(), 'canary')
  }
  for (const [env, problem] of [
    [{ A2M_MQTT_KEY_FILE: '/other' }, /^A2M_MQTT_KEY_FILE: the key belongs to another certificate/],
    [
      { A2M_MQTT_KEY_FILE: '/shut' },
      /^A2M_MQTT_KEY_FILE: the key is encrypted; expected A2M_MQTT_KEY_PASSPHRASE_FILE/,
    ],
    [{ A2M_MQTT_KEY_FILE: '/half' }, /^A2M_MQTT_KEY_FILE: the key cannot be read/],
    [
      { ...phrase, A2M_MQTT_KEY_PASSPHRASE: 'wrong' },
      /^A2M_MQTT_KEY_FILE: A2M_MQTT_KEY_PASSPHRASE does not open the key$/,
    ],
    [
      { ...phrase, A2M_MQTT_KEY_PASSPHRASE: 'canary', A2M_MQTT_KEY_PASSPHRASE_FILE: '/phrase' },
      /^A2M_MQTT_KEY_PASSPHRASE and A2M_MQTT_KEY_PASSPHRASE_FILE each give/,
    ],
  ] as const) {
    assert.match(problems({ A2M_MQTT_CERT_FILE: '/c', ...env }, {}, files)[0] ?? '', problem)
  }
})

test('a file that holds no PEM is refused by name', () => {
  const found = problems(
    { A2M_MQTT_CA_FILE: '/ca', A2M_MQTT_CERT_FILE: '/k', A2M_MQTT_KEY_FILE: '/c' },
    {},
    { '/ca': 'der', '/c': '-----BEGIN CERTIFICATE-----', '/k': '-----BEGIN PRIVATE KEY-----' },
  )
  assert.deepEqual(
    found.map((line) => line.split(':')[0]),
    ['A2M_MQTT_CA_FILE', 'A2M_MQTT_CERT_FILE', 'A2M_MQTT_KEY_FILE'],
  )
})

test('what is shown to people holds no secret and no whole id', () => {
  const masked = maskedSettings(read({ A2M_MQTT_URL: `mqtts://pat:canary@h` }).settings)
  assert.doesNotMatch(JSON.stringify(masked), /canary/)
  assert.equal(masked.mqttPassword, '[secret]')
  assert.equal(masked.lwaClientId, `…${enough.A2M_LWA_CLIENT_ID.slice(-6)}`)
  assert.equal(masked.mqttUrl, 'mqtts://h')
  assert.equal(masked.mqttCaFile, null)
  const asked = maskedSettings(read({ A2M_MQTT_URL: 'wss://h:8443/mqtt?token=canary' }).settings)
  assert.equal(asked.mqttUrl, 'wss://h:8443/mqtt?…')
  const programs = read({ A2M_HOOK: '/opt/hook --key canary', A2M_PLAYER_COMMAND: '/opt/play' }).settings
  assert.deepEqual(maskedSettings(programs).hook, ['/opt/hook', '…'])
  assert.deepEqual(maskedSettings(programs).playerCommand, ['/opt/play'])
  assert.deepEqual(masked.scopes, ['music::playback', 'music::catalog'])
})

test('an authority file is read certificate by certificate: a broken one is named', async () => {
  await using authority = await createTlsAuthority()
  const whole = authority.ca.toString()
  const lines = whole.split('\n')
  const broken = lines.map((line, at) => (at === 3 ? line.replace(/^.{8}/, '!!!!????') : line)).join('\n')
  const cut = lines.slice(0, 5).join('\n')
  for (const name of ['A2M_CA_FILE', 'A2M_MQTT_CA_FILE']) {
    read({ [name]: '/ca' }, {}, { '/ca': `# ours\n${whole}\n${whole}` })
    for (const wrong of [broken, cut]) {
      assert.deepEqual(problems({ [name]: '/ca' }, {}, { '/ca': `${whole}${wrong}` }), [
        `${name}: certificate 2 of 2 in the file cannot be read; expected whole PEM certificates`,
      ])
    }
  }
})
