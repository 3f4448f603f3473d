import assert from 'node:assert/strict'
import { test } from 'node:test'

import { judgeHls, judgeMpd, textOf } from '../../../../../src/playback/player/protection/manifest.ts'

const mpd = (inside: string, attributes = 'xmlns="urn:mpeg:dash:schema:mpd:2011"'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<MPD ${attributes}><Period><AdaptationSet>${inside}</AdaptationSet></Period></MPD>`

const clear = mpd('<SegmentTemplate media="$Number$.m4s"/>')
const protection = '<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc"/>'

const told: readonly (readonly [name: string, text: string, verdict: string])[] = [
  ['nothing of protection', clear, 'clear'],
  ['without a declaration', clear.slice(clear.indexOf('<MPD')), 'clear'],
  ['the word in a comment', mpd('<!-- <ContentProtection/> -->'), 'clear'],
  ['the word in CDATA', mpd('<Title><![CDATA[<ContentProtection/>]]></Title>'), 'clear'],
  ['the word in an attribute', mpd('<Label id="&lt;ContentProtection/>"/>'), 'clear'],
  ['the word in a processing instruction', mpd('<?x <ContentProtection/> ?>'), 'clear'],
  ['the word in a text', mpd('<Title>&lt;ContentProtection/&gt;</Title>'), 'clear'],
  ['another word that begins like it', mpd('<ContentProtectionless/>'), 'clear'],

  ['the usual way', mpd(protection), 'protected'],
  ['with content', mpd('<ContentProtection><x/></ContentProtection>'), 'protected'],
  ['line breaks within the tag', mpd('<ContentProtection\n\tvalue="cenc"\n/>'), 'protected'],
  ['deep inside', mpd(`<a><b><c>${protection}</c></b></a>`), 'protected'],
  ['right below the root', clear.replace('<Period>', `${protection}<Period>`), 'protected'],
  ['under a prefix', mpd('<d:ContentProtection/>', 'xmlns:d="urn:mpeg:dash:schema:mpd:2011"'), 'protected'],
  ['all under a prefix', '<d:MPD xmlns:d="u"><d:ContentProtection/></d:MPD>', 'protected'],
  ['of no namespace', mpd('<ContentProtection xmlns=""/>'), 'protected'],
  ['in other letters', mpd('<contentprotection/>'), 'protected'],
  ['between comments', mpd('<!-- --><ContentProtection/><!-- -->'), 'protected'],
  ['after CDATA that ends late', mpd('<![CDATA[]]]]><ContentProtection/>'), 'protected'],
  ['before the end is missing', mpd(protection).slice(0, -12), 'protected'],

  ['a document type', clear.replace('<MPD', '<!DOCTYPE MPD><MPD'), 'has a document type'],
  [
    'an entity that holds it',
    mpd('&p;').replace('<MPD', '<!DOCTYPE MPD [<!ENTITY p "<ContentProtection/>">]><MPD'),
    'has a document type',
  ],
  ['an entity nobody declared', mpd('&p;'), 'is not well-formed XML'],
  [
    'a part that is kept elsewhere',
    mpd('<x/>', 'xmlns:l="http://www.w3.org/1999/xlink" l:href="p.xml"'),
    'has parts that are kept elsewhere',
  ],
  [
    'a link written otherwise',
    mpd('<x/>', 'xmlns:l="http&#58;//www.w3.org/1999/xlink" l:href="p.xml"'),
    'has parts that are kept elsewhere',
  ],
  ['the end is missing', clear.slice(0, -12), 'is not well-formed XML'],
  ['the second half is missing', clear.slice(0, clear.length / 2), 'is not well-formed XML'],
  ['something after the end', `${clear}<MPD>`, 'is not well-formed XML'],
  ['a comment that does not end', mpd('<!-- '), 'is not well-formed XML'],
  ['a prefix that is not declared', mpd('<d:x/>'), 'is not well-formed XML'],
  ['a zero', mpd('\0'), 'is not well-formed XML'],
  ['nothing at all', '', 'is not well-formed XML'],
  ['no XML', 'hello', 'is not well-formed XML'],
  ['another document', '<html><body/></html>', 'is not one of MPEG-DASH'],
  ['an encoding of its own', clear.replace('UTF-8', 'UTF-7'), 'is in an encoding that is not looked into'],
  [
    'an encoding of another century',
    clear.replace('UTF-8', 'IBM037'),
    'is in an encoding that is not looked into',
  ],
]

for (const [name, text, expected] of told) {
  test(`MPEG-DASH, ${name}: ${expected}`, () => {
    const verdict = judgeMpd(text)
    assert.equal(verdict.kind === 'unclear' ? verdict.why : verdict.kind, expected)
  })
}

const playlist = (...lines: readonly string[]): string =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXTINF:4,', '1.ts', ''].join('\n')
const others = 'names other playlists, which are not looked into'

for (const [name, text, expected] of [
  ['no key', playlist(), 'clear'],
  ['a key of none', playlist('#EXT-X-KEY:METHOD=NONE'), 'clear'],
  ['a key in a comment', playlist('# EXT-X-KEY:METHOD=AES-128'), 'clear'],
  ['a key', playlist('#EXT-X-KEY:METHOD=AES-128,URI="k"'), 'protected'],
  [
    'a key in the lines of another system',
    playlist('#EXT-X-KEY:METHOD=AES-128,URI="k"').replaceAll('\n', '\r\n'),
    'protected',
  ],
  [
    'a key after none',
    playlist('#EXT-X-KEY:METHOD=NONE', '#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="k"'),
    'protected',
  ],
  ['none within another attribute', playlist('#EXT-X-KEY:URI="METHOD=NONE",METHOD=AES-128'), 'protected'],
  ['none and then not', playlist('#EXT-X-KEY:METHOD=NONE,METHOD=AES-128'), 'protected'],
  ['a key of the session', playlist('#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="k"'), 'protected'],
  ['a list of variants', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n', others],
  ['renditions', '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI="a.m3u8"\n', others],
  ['a number of the first segment', playlist('#EXT-X-MEDIA-SEQUENCE:3'), 'clear'],
] as const) {
  test(`HLS, ${name}: ${expected}`, () => {
    const verdict = judgeHls(text)
    assert.equal(verdict.kind === 'unclear' ? verdict.why : verdict.kind, expected)
  })
}

test('text is UTF-8, with a mark or without, or UTF-16 with one', () => {
  assert.equal(textOf(Buffer.from('<é/>')), '<é/>')
  assert.equal(textOf(Buffer.from('\ufeff<é/>')), '<é/>')
  const little = Buffer.from('\ufeff<é/>', 'utf16le')
  assert.equal(textOf(little), '<é/>')
  assert.equal(textOf(Buffer.from(little).swap16()), '<é/>')
})

test('bytes of any other encoding are no text', () => {
  assert.equal(textOf(Buffer.from('<é/>', 'latin1')), undefined)
  assert.equal(textOf(Buffer.concat([Buffer.from('\ufeff<', 'utf16le'), Buffer.from([0])])), undefined)
  const unmarked = textOf(Buffer.from(clear, 'utf16le')) ?? ''
  assert.equal(judgeMpd(unmarked).kind, 'unclear')
})
