import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import type { Entity } from '../../../src/amazon-music/entity.ts'
import { statusWords, type StatusFacts } from '../../../src/systemd/status-words.ts'

const idle = { state: 'idle' } as const
const code = {
  state: 'awaiting_user',
  userCode: 'BEYHYS',
  verificationUri: 'https://www.amazon.com/code/',
  verificationUriComplete: 'https://amazon.com/code?cbl-code=BEYHYS',
  expiresAtEpochMs: 0,
  attempt: 1,
} as const

const track = { title: 'Blue', artist: 'Ada' } as Entity
const well: StatusFacts = {
  account: { state: 'signed_in', login: idle, error: undefined },
  broker: { connected: true, host: 'broker:1883', problem: undefined },
  playback: { phase: 'idle', isHeld: false, entity: undefined },
  page: undefined,
  playerProblem: undefined,
}
const away: StatusFacts['broker'] = { connected: false, host: 'broker:1883', problem: undefined }
const account = (state: StatusFacts['account']['state'], error?: AppError): StatusFacts['account'] => ({
  state,
  login: idle,
  error,
})

test('what waits for the user comes first, in the words of who looks', () => {
  const waiting = { ...well, account: { state: 'awaiting_user', login: code, error: undefined } } as const
  assert.equal(statusWords(waiting), 'Waiting for sign-in: amazon.com/code BEYHYS')
  assert.equal(
    statusWords({ ...waiting, broker: away }),
    'Waiting for sign-in: amazon.com/code BEYHYS (and waiting for the broker at broker:1883)',
  )
  const unused = {
    state: 'signed_out',
    login: { state: 'waiting_for_user_action' },
    error: undefined,
  } as const
  assert.match(
    statusWords({ ...well, account: unused }),
    /^Waiting for you: no code .* amazonmusic2mqtt login$/,
  )
})

test('then the broker, then what plays', () => {
  assert.equal(statusWords({ ...well, broker: away }), 'Signed in, waiting for the broker at broker:1883')
  assert.equal(statusWords(well), 'Ready')
  const playback = { phase: 'playing', isHeld: false, entity: track } as const
  assert.equal(statusWords({ ...well, playback }), 'Playing Blue by Ada')
  assert.equal(statusWords({ ...well, playback: { ...playback, phase: 'buffering' } }), 'Playing Blue by Ada')
  assert.equal(statusWords({ ...well, playback: { ...playback, phase: 'paused' } }), 'Paused: Blue by Ada')
  assert.equal(
    statusWords({ ...well, playback: { ...playback, entity: { ...track, artist: undefined } } }),
    'Playing Blue',
  )
})

test('an announcement of some seconds is no pause', () => {
  const playback = { phase: 'paused', isHeld: true, entity: track } as const
  assert.equal(statusWords({ ...well, playback }), 'Playing Blue by Ada')
})

test('trouble is told with what to do, in the words of its error', () => {
  const dns = new AppError('net/dns', 'POST api.amazon.com/auth/o2/token: ENOTFOUND')
  for (const [facts, start] of [
    [{ ...well, account: account('refresh_failing', dns) }, 'Signed in, but not renewed: '],
    [{ ...well, account: account('signed_out', dns) }, 'No code yet: '],
    [{ ...well, broker: { ...away, problem: dns } }, 'Signed in, waiting for the broker at broker:1883: '],
    [{ ...well, playerProblem: dns }, 'No player: '],
  ] as const) {
    assert.equal(statusWords(facts), `${start}POST api.amazon.com/auth/o2/token: ENOTFOUND. ${dns.remedy}`)
  }
  assert.equal(
    statusWords({ ...well, page: { url: 'https://www.amazon.com/music', reason: 'No plan' } }),
    'Waiting for you: No plan; open amazon.com/music',
  )
})

test('a setting that is wrong is told once, though its message holds the remedy', () => {
  const refused = new AppError('account/client', 'invalid_client')
  const shown = { code: refused.code, message: `${refused.message}. ${refused.remedy}` }
  const words = statusWords({ ...well, account: { state: 'needs_configuration', login: idle, error: shown } })
  assert.match(words, /^Waiting for you: invalid_client\. A2M_LWA_CLIENT_ID must be /)
  assert.equal(words.split('A2M_LWA_CLIENT_ID').length, 2)
})

test('whatever a service says, it is one bounded line, and can say nothing to systemd', () => {
  const nasty = {
    title: `Night\nREADY=1\u0000\u001b[2J\u202e\u2028${'x'.repeat(5_000)}`,
    artist: `a\r\nb${'😀'.repeat(300)}`,
  }
  const words = statusWords({
    ...well,
    playback: { phase: 'playing', isHeld: false, entity: { ...track, ...nasty } },
  })
  assert.doesNotMatch(words, /[\p{C}\p{Zl}\p{Zp}]/u)
  assert.match(words, /^Playing Night READY=1 \[2J x+… by a b😀+…$/u)
  const long = new AppError('net/dns', 'y'.repeat(5_000))
  const host = 'h'.repeat(1_000)
  const trouble = statusWords({ ...well, broker: { connected: false, host, problem: long } })
  assert.ok(Array.from(trouble).length <= 400, trouble)
  assert.equal(words, Buffer.from(words).toString(), 'no half of a letter')
})
