import assert from 'node:assert/strict'
import { test } from 'node:test'

import { namesElsewhere } from '../../../src/playback/player/protection/manifest.ts'

const at = new URL('https://cdn.example/album/manifest.mpd')

for (const [words, text, isElsewhere] of [
  ['a base elsewhere', '<MPD><BaseURL>https://other.example/</BaseURL></MPD>', true],
  ['a base with a prefix and attributes', '<d:BaseURL x="1">\n  https://other.example/</d:BaseURL>', true],
  ['a base without a scheme', '<BaseURL>//other.example/</BaseURL>', true],
  ['a base on another port', '<BaseURL>https://cdn.example:8443/</BaseURL>', true],
  ['a base of the same server', '<BaseURL>https://cdn.example/x/</BaseURL>', false],
  ['a relative base', '<BaseURL>x/</BaseURL>', false],
  ['segments elsewhere', '<SegmentTemplate media="http://other.example/$Number$"/>', true],
  ['a first segment elsewhere', "<SegmentTemplate initialization='https://other.example/i'/>", true],
  ['a namespace', '<MPD xmlns="http://www.w3.org/2001/XMLSchema-instance"></MPD>', false],
  ['a line elsewhere', '#EXTM3U\nhttps://other.example/1.ts\n', true],
  ['a relative line', '#EXTM3U\n1.ts\n', false],
  ['a line of the same server', '#EXTM3U\r\nhttps://cdn.example/1.ts\r\n', false],
  ['a map elsewhere', '#EXTM3U\n#EXT-X-MAP:URI="https://other.example/i"\n', true],
] as const) {
  test(`${words} ${isElsewhere ? 'leads to another server' : 'stays'}`, () => {
    assert.equal(namesElsewhere(text, at), isElsewhere)
  })
}
