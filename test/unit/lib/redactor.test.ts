import assert from 'node:assert/strict'
import { test } from 'node:test'

import { createRedactor } from '../../../src/lib/redactor.ts'
import { maskSections } from '../../../src/diagnostics/mask-sections.ts'

const mask = createRedactor(['battery/staple&horse', 'short'])

const secrets: Readonly<Record<string, readonly [text: string, secret: string]>> = {
  'a refresh token of Amazon': ['got Atzr|IwEBIJk-abc123 back', 'IwEBIJk'],
  'an access token in a header': ['authorization: Bearer abcdef-ghijkl', 'abcdef-ghijkl'],
  'basic credentials': ['Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  'a JSON web token': ['eyJhbGciOiJI.eyJzdWIiOiIx.c2ln in an answer', 'c2ln'],
  'a client id': ['amzn1.application-oa2-client.0123456789abcdef0123456789abcdef', '0123456789abcdef01'],
  'a profile id at the end of a sentence': ['Is it amzn1.application.0123456789abcdef?', '0123456789'],
  'a user and password in an address': ['mqtt://agent:hunter22@broker.example:1883', 'hunter22'],
  'a password with an @ in an address': ['mqtt://agent:hun@ter22@broker.example', 'ter22'],
  'a password with a slash in an address': ['mqtt://agent:hun/ter22@broker.example', 'ter22'],
  'a client secret, whole': ['amzn1.oa2-cs.v1.0123456789abcdef0123456789abcdef', 'abcdef'],
  'a user without a password': ['wss://hunter22@broker.example', 'hunter22'],
  'a code in a query': ['https://www.amazon.com/a/code?cbl-code=BEYHYS', 'BEYHYS'],
  'a code in a query of an address without a scheme': ['amazon.com/us/code?cbl-code=BEYHYS', 'BEYHYS'],
  'a right in a query of a path': ['GET /audio/1?Signature=hunter22', 'hunter22'],
  'a code beside its address': ['https://www.amazon.com/us/code BEYHYS', 'BEYHYS'],
  'a password of words': ['password="correct horse battery"', 'battery'],
  'a password on a command line': ['mosquitto_pub --mqtt-password hunter22', 'hunter22'],
  'a password of words on a command line': ["tool --api-key 'hunter 22'", '22'],
  'a token in JSON in JSON': [JSON.stringify({ body: '{"refresh_token":"abcdefgh"}' }), 'abcdefgh'],
  'a password by name': ['password=hunter22', 'hunter22'],
  'a token in JSON': ['{"refresh_token":"abcdefgh","x":1}', 'abcdefgh'],
  'a user code in JSON': ['"user_code": "BEYHYS"', 'BEYHYS'],
  'a long key': ['key 0123456789abcdef0123456789abcdef.', '0123456789abcdef'],
  'what is known here': ['tried battery/staple&horse', 'staple'],
  'what is known here, as an address writes it': ['tried battery%2Fstaple%26horse', 'staple'],
}

for (const [what, [text, secret]] of Object.entries(secrets)) {
  test(`${what} is taken out`, () => {
    assert.ok(text.includes(secret), 'the text holds it')
    assert.ok(!mask(text).includes(secret), mask(text))
  })
}

const plain = [
  'mqtts://broker.example:8883 refused the connection: wrong user name or password (code 134)',
  '0123456789abcdef0123456789abcdef.s1.eu.hivemq.cloud: 10.0.0.1',
  'A2M_MQTT_PASSWORD_FILE: /etc/a2m/password cannot be read (ENOENT)',
  'Linux 6.12.34+rpt-rpi-2712-aarch64, node v22.11.0, 2026-11-22T08:15:00.000Z',
  'expected the Client ID, which begins with "amzn1.application-oa2-client."',
  'playback library, a short word',
  'A2M_MQTT_URL (given as --mqtt-password): expected no password, a question? yes=no',
  'http://broker.example:8123/code: ENOENT, code EACCES, Connection refused (code 134)',
  'see http://localhost:8080/path and ask somebody@example.org',
  'http://localhost:8080/cover@2x.png',
  '/var/lib/amazonmusic2mqtt/tokens.json, mode 0600, 312 bytes',
]

for (const text of plain) test(`left as it is: ${text}`, () => assert.equal(mask(text), text))

test('an id keeps its last six characters, so that two can be told apart', () => {
  assert.equal(mask('amzn1.application.0123456789abcdef'), 'amzn1.application.…abcdef')
})

test('every text of a finding is masked: who says it, what, and what to do', () => {
  const text = 'password=hunter22'
  const [section] = maskSections(
    [{ title: 'One', findings: [{ mark: 'warn', name: text, words: text, remedy: text, code: 'net/dns' }] }],
    mask,
  )
  const masked = 'password=[secret]'
  assert.deepEqual(section?.findings, [
    { mark: 'warn', name: masked, words: masked, remedy: masked, code: 'net/dns' },
  ])
})
