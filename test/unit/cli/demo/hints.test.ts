import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hints } from '../../../../src/cli/demo/hints.ts'

for (const [url, at] of [
  ['mqtt://broker.home.arpa', '-h broker.home.arpa -p 1883'],
  ['mqtt://127.0.0.1:40123', '-h 127.0.0.1 -p 40123'],
] as const) {
  test(`the lines to paste name host and port of ${url}`, () => {
    const lines = hints(new URL(url), 'a2m/demo')
      .split('\n')
      .filter((line) => line.includes('mosquitto_'))
      .filter((line) => line.startsWith(' '))
    assert.equal(lines.length, 5)
    for (const line of lines) assert.match(line, new RegExp(`^ {2}mosquitto_(pub|sub) ${at} `))
  })
}
