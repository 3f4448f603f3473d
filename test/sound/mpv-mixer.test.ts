import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { durationMs, cut, levelDb } from '../support/audio/sound-analysis.ts'
import { noSpeaker, startSpeaker, type Speaker } from '../support/audio/virtual-speaker.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { requireTool } from '../support/tools.ts'
import { itemOf, mpvStage, noMpv, until } from '../integration/player/mpv-harness.ts'
import { file, soundServer, wav } from '../integration/player/sound-server.ts'

const options = { skip: noMpv || noSpeaker || requireTool('amixer') }

/** Makes the speaker the card 0 of ALSA's mixers, with one control for playing: `Master`. */
function asCard(t: TestContext, speaker: Speaker): Readonly<Record<string, string | undefined>> {
  const path = join(tempFolder(t), 'asound.conf')
  writeFileSync(path, 'ctl.!hw {\n @args [ CARD ]\n @args.CARD { type string default "0" }\n type pulse\n}\n')
  return { ...process.env, ...speaker.env, ALSA_CONFIG_PATH: path }
}

test("the mixer's control sets the volume, and mpv stays at its full one", options, async (t) => {
  await using speaker = await startSpeaker()
  const server = await soundServer(t, { '/a': file(wav(60, 440)) })
  const { player, event } = await mpvStage(t, {
    audioDevice: undefined,
    env: asCard(t, speaker),
    extraArgs: ['--ao=pulse'],
    mixer: { card: '0', control: 'Master' },
  })
  const item = itemOf(`${server.url}/a`)
  await player.load(item, false)
  await event('started', item.id)
  const recorder = await speaker.record()
  const level = async (): Promise<number> => {
    const fromMs = durationMs(recorder.sound()) + 800
    await until(() => durationMs(recorder.sound()) >= fromMs + 1_000, 'two seconds of a recording')
    return levelDb(cut(recorder.sound(), fromMs, fromMs + 1_000))
  }
  const full = await level()
  await player.setVolume(50)
  const half = (await level()) - full
  assert.ok(Math.abs(half - -18.06) < 0.5, `${half} dB`)
  // A fade: steps that come faster than a program can run.
  const beganMs = performance.now()
  const steps = Array.from({ length: 400 }, (_, i) => player.setVolume(50 + i / 8))
  await Promise.all([...steps, player.setVolume(100)])
  const tookMs = performance.now() - beganMs
  assert.ok(tookMs < 3_000, `${tookMs} ms: each step ran the program`)
  assert.ok(Math.abs((await level()) - full) < 0.5, 'the last step counts')
})

test('a control that the card does not have is refused in words', options, async (t) => {
  await using speaker = await startSpeaker()
  const opened = mpvStage(t, { env: asCard(t, speaker), mixer: { card: '0', control: 'Digital' } })
  await assert.rejects(opened, {
    code: 'player/device',
    message: 'sound card 0 has no control "Digital", but Master, Capture',
  })
})

test('a card that is not there is refused', options, async (t) => {
  const opened = mpvStage(t, { mixer: { card: 'nowhere', control: 'Master' } })
  await assert.rejects(opened, { code: 'player/device', message: /amixer failed/ })
})

test('a machine without amixer is told so', { skip: noMpv }, async (t) => {
  const opened = mpvStage(t, { env: { PATH: tempFolder(t) }, mixer: { card: '0', control: 'Master' } })
  await assert.rejects(opened, { code: 'player/device', message: /alsa-utils/ })
})
