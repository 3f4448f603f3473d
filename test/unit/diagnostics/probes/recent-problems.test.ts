import assert from 'node:assert/strict'
import { test } from 'node:test'

import { systemClock } from '../../../../src/lib/clock.ts'
import type { Problem } from '../../../../src/diagnostics/agent-answer.ts'
import type { Finding } from '../../../../src/diagnostics/finding.ts'
import { probeProblems } from '../../../../src/diagnostics/probes/recent-problems.ts'

const trouble = (minute: number, message = `number ${minute}.`): Problem => ({
  at: new Date(minute * 60_000).toISOString(),
  level: 'warn',
  name: 'broker',
  message,
  code: undefined,
  times: 1,
})

test('ten troubles of the running agent stand on the page, the latest first, each once', async () => {
  const different = Array.from({ length: 11 }, (_, n) => trouble(n + 1))
  const troubles = [trouble(0, 'again'), ...different, trouble(12, 'again')]
  const said: Finding[] = []
  await probeProblems(
    {
      // Without a journal.
      env: { PATH: '/nonexistent' },
      clock: systemClock,
      agent: Promise.resolve({ kind: 'runs', troubles }),
    },
    (finding) => said.push(finding),
    new AbortController().signal,
  )
  assert.deepEqual(
    said.map(({ name, words }) => `${name}: ${words}`),
    [
      'broker: 1970-01-01T00:12:00 again (2 times)',
      ...Array.from(
        { length: 9 },
        (_, n) => `broker: 1970-01-01T00:${String(11 - n).padStart(2, '0')}:00 number ${11 - n}.`,
      ),
      'journal: there is no journal here',
    ],
  )
})
