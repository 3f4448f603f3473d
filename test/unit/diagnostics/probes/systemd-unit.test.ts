import assert from 'node:assert/strict'
import { test } from 'node:test'

import { decodeJournal } from '../../../../src/diagnostics/probes/recent-problems.ts'
import { createRedactor } from '../../../../src/lib/redactor.ts'
import { cardsOf } from '../../../../src/diagnostics/probes/sound.ts'
import { decodeShow, judgeUnit } from '../../../../src/diagnostics/probes/unit.ts'
import { osName } from '../../../../src/diagnostics/probes/versions.ts'

const show = (changes: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  decodeShow(
    Object.entries({
      LoadState: 'loaded',
      ActiveState: 'active',
      SubState: 'running',
      UnitFileState: 'enabled',
      Result: 'success',
      NRestarts: '0',
      StatusText: '',
      ExecMainStatus: '0',
      ...changes,
    })
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  )

test('a unit that runs is well, and one that was given up is not', () => {
  const [well] = judgeUnit(show({ NRestarts: '3' }))
  assert.equal(well?.mark, 'ok')
  assert.match(well.words, /^active \(running\), at boot: enabled, result success.*3 times$/)
  const [failed] = judgeUnit(
    show({ ActiveState: 'failed', SubState: 'failed', Result: 'signal', ExecMainStatus: '9' }),
  )
  assert.deepEqual([failed?.mark, failed?.code], ['FAIL', 'internal/fault'])
  const [stopped] = judgeUnit(show({ ActiveState: 'inactive', SubState: 'dead' }))
  assert.equal(stopped?.mark, 'warn')
  assert.match(stopped.remedy ?? '', /enable --now/)
  assert.deepEqual(
    judgeUnit(show({ LoadState: 'not-found' })).map(({ mark }) => mark),
    ['info'],
  )
  assert.equal(judgeUnit(show({ LoadState: 'bad-setting' }))[0]?.mark, 'warn')
})

test('exit code 78 is told as what it is: wrong settings', () => {
  const [finding] = judgeUnit(show({ ActiveState: 'failed', ExecMainStatus: '78' }))
  assert.deepEqual([finding?.mark, finding?.code], ['FAIL', 'settings/invalid'])
})

test('the status is shown, but not the code that waits for the user', () => {
  const says = (StatusText: string): string | undefined => judgeUnit(show({ StatusText }))[1]?.words
  assert.equal(
    says('Waiting for sign-in: amazon.com/code BEYHYS (and waiting for the broker at b:1883)'),
    'Waiting for sign-in: amazon.com/code [code] (and waiting for the broker at b:1883)',
  )
  assert.equal(says('Signed in'), 'Signed in')
  assert.equal(says('a=b'), 'a=b', 'an equals sign is no end')
})

const entry = (message: unknown, priority: number, seconds: number): string =>
  JSON.stringify({
    MESSAGE: message,
    PRIORITY: String(priority),
    __REALTIME_TIMESTAMP: String(Date.UTC(2026, 10, 22) * 1000 + seconds * 1e6),
  })

test("of the journal, the agent's own warnings and errors and those of systemd are taken", () => {
  const line = (level: string, rest: object): string =>
    JSON.stringify({ level, time: 1, name: 'broker', ...rest })
  const text = [
    entry(line('info', { msg: 'fine' }), 6, 1),
    entry(line('warn', { msg: 'Connection lost', code: 'net/refused', error: 'no' }), 6, 2),
    entry('amazonmusic2mqtt.service: Failed with result signal.', 4, 3),
    entry('Started amazonmusic2mqtt.', 6, 4),
    entry("/lib/systemd/system/x.service:13: Unknown key 'OpenFile' in section [Service], ignoring.", 4, 4),
    entry([...Buffer.from('bytes ü')], 3, 5),
    entry(null, 3, 6),
    '{"MESSAGE":"cut o',
    '',
  ].join('\n')
  assert.deepEqual(decodeJournal(text), [
    {
      at: '2026-11-22T00:00:02.000Z',
      level: 'warn',
      name: 'broker',
      message: 'Connection lost: no',
      code: 'net/refused',
      times: 1,
    },
    {
      at: '2026-11-22T00:00:03.000Z',
      level: 'warn',
      name: 'systemd',
      message: 'amazonmusic2mqtt.service: Failed with result signal.',
      code: undefined,
      times: 1,
    },
    {
      at: '2026-11-22T00:00:05.000Z',
      level: 'error',
      name: 'systemd',
      message: 'bytes ü',
      code: undefined,
      times: 1,
    },
  ])
})

test('what stands in a journal line that should not is masked like all else', () => {
  const [trouble] = decodeJournal(entry('mqtt://agent:hunter22@b: Atzr|abc', 3, 1))
  assert.equal(createRedactor([])(trouble?.message ?? ''), 'mqtt://[user]@b: [secret]')
})

test('a line of the journal without end is cut, between two words', () => {
  const [trouble] = decodeJournal(entry(`${'word '.repeat(399)}Atzr|${'abc-'.repeat(11_000)}`, 3, 1))
  assert.match(trouble?.message ?? '', /^(word )+… \(\d+ more characters\)$/)
})

test('a distribution and the sound cards are named', () => {
  assert.equal(
    osName('NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n'),
    'Debian GNU/Linux 13 (trixie)',
  )
  assert.equal(osName('NAME=Alpine\n'), 'Alpine')
  assert.equal(osName(''), 'not told')
  const cards = [
    ' 0 [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0',
    '                      vc4-hdmi-0',
    ' 1 [sndrpihifiberry]: RPi-simple - snd_rpi_hifiberry_dac',
    '                      snd_rpi_hifiberry_dac',
  ].join('\n')
  assert.deepEqual(cardsOf(cards), ['vc4hdmi0 (vc4-hdmi-0)', 'sndrpihifiberry (snd_rpi_hifiberry_dac)'])
  assert.deepEqual(cardsOf('--- no soundcards ---\n'), [])
})
