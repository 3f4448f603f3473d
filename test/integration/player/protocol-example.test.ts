import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

import { startTestStreams } from '../../../src/player-conformance/test-streams.ts'
import { referencePlayer } from '../../support/command-player.ts'
import { Inbox } from '../../support/inbox.ts'

type Line = Record<string, unknown>

/** Positions are of the moment. */
const slackMs = 400

test('the session in docs/player-protocol.md is what the reference player says', async (t) => {
  const streams = await startTestStreams()
  t.after(() => streams[Symbol.asyncDispose]())
  const doc = readFileSync(join(import.meta.dirname, '../../../docs/player-protocol.md'), 'utf8')
  const session = /```text\n([^]*?)```/.exec(doc)?.[1]?.trim().split('\n') ?? []
  assert.ok(session.length > 20, `session.length > 20: ${session.length}`)

  const [node, file] = referencePlayer
  const player = spawn(node, [file], { stdio: ['pipe', 'pipe', 'ignore'] })
  t.after(() => player.kill('SIGKILL'))
  const said = new Inbox<Line>()
  createInterface({ input: player.stdout }).on('line', (line) => said.push(JSON.parse(line) as Line))

  for (const [index, line] of session.entries()) {
    const where = `line ${index + 1} of the session`
    if (line.startsWith('> ')) {
      player.stdin.write(`${withRealStreams(line.slice(2))}\n`)
      continue
    }
    const expected = JSON.parse(line.replace(/^< /, '')) as Line
    // eslint-disable-next-line no-restricted-syntax -- next() is bounded
    for (;;) {
      const next = await said.next(where)
      // Those of every second are left out in the document.
      if (next['event'] === 'position' && expected['event'] !== 'position') continue
      assert.deepEqual({ ...next, position_ms: 0 }, { ...expected, position_ms: 0 }, where)
      const [at, of] = [Number(next['position_ms'] ?? 0), Number(expected['position_ms'] ?? 0)]
      assert.ok(Math.abs(at - of) <= slackMs, `${where}: position ${at}`)
      break
    }
  }

  function withRealStreams(command: string): string {
    return command.replace(/https:\/\/audio\.example\/[^"]*/, (url) => {
      const seconds = /tone-(\d)s/.exec(url)?.[1]
      return streams.add(
        seconds === undefined ? { kind: 'status', status: 403 } : { kind: 'whole', seconds: Number(seconds) },
      ).url
    })
  }
})
