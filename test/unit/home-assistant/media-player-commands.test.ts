import assert from 'node:assert/strict'
import { test } from 'node:test'

import { translate } from '../../../src/home-assistant/media-player-commands.ts'
import { mirrorTopics } from '../../../src/home-assistant/mirror-topics.ts'

const topics = mirrorTopics((name) => `b/${name}`, true, 'mqtt_media_player')
const sent = (topic: string, payload: string): string => {
  const translated = translate(topics, `b/${topic}`, Buffer.from(payload))
  return translated === undefined ? 'not theirs' : `${translated.name} ${translated.payload}`
}
const volume = 'player/set/volume'
const media = 'player/set/play_media'
const all = 'player/command'

for (const [topic, payload, expected] of [
  [volume, '0.35', 'set/volume 35'],
  [volume, '1.0', 'set/volume 100'],
  [volume, '1', 'set/volume 100'],
  [volume, '0.295', 'set/volume 30'],
  [volume, '0', 'set/volume 0'],
  [volume, '', 'set/volume '],
  [volume, 'loud', 'set/volume loud'],
  [volume, '9', 'set/volume 900'],
  [media, 'velvet orchard', 'request/play {"query":"velvet orchard"}'],
  [media, '{"media_type":"music","media_id":" jazz cellar "}', 'request/play {"query":"jazz cellar"}'],
  [media, 'mrn:1:catalog:album', 'request/play {"id":"mrn:1:catalog:album"}'],
  [
    media,
    'https://music.amazon.co.uk/albums/B0',
    'request/play {"id":"https://music.amazon.co.uk/albums/B0"}',
  ],
  [media, '{"media_id":"http://ha/tts.mp3"}', 'request/announce {"url":"http://ha/tts.mp3"}'],
  [media, 'http://amazon.evil.example.com/', 'request/announce {"url":"http://amazon.evil.example.com/"}'],
  [media, '{"media_id":7}', 'request/play {"query":""}'],
  [media, '', 'request/play {"query":""}'],
  [media, '[1]', 'request/play {"query":"[1]"}'],
  [all, '{"command":"play_pause"}', 'command play_pause'],
  [all, '{"volume":35.0}', 'set {"volume":35.0}'],
  [all, '{"muted":true}', 'set {"muted":true}'],
  [all, '{"preset":"Morning"}', 'set {"preset":"Morning"}'],
  [all, '{"play_media":{"id":"jazz cellar","type":"music"}}', 'request/play {"query":"jazz cellar"}'],
  [all, '{"play_media":null}', 'set {"play_media":null}'],
  [all, 'pause', 'set pause'],
  [all, '', 'set '],
  ['set/volume', '35', 'not theirs'],
] as const) {
  test(`${topic} ${payload === '' ? 'of zero bytes' : payload}`, () => {
    assert.equal(sent(topic, payload), expected)
  })
}
