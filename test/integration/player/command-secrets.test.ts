import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AppError } from '../../../src/lib/errors.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { itemOf, openCommand, program } from '../../support/command-player.ts'
import { eventually } from '../../support/eventually.ts'

const url = 'https://audio.example/canary-path/tone.mpd?sig=canary-query'

test('what a program knows of streams gets into no log and no error', async (t) => {
  const stage = await openCommand(
    t,
    program(`
      hear = (c) => {
        const { url, headers, license_headers: licence } = c.item
        const told = [url, url + '&more=1', JSON.stringify(headers), 'licence ' + licence.k, 'GET /x?sig=canary-other'].join(' ')
        console.error(told)
        say({ event: 'failed', item: c.item.id, code: 'network', message: told })
        say({ reply: c.id, ok: false, code: 'failed', message: told })
      }`),
  )
  const stream = {
    url: new Secret(url),
    protocol: 'DASH',
    format: undefined,
    drm: undefined,
    headers: { authorization: new Secret('canary-header') },
    licenseHeaders: { k: new Secret('canary-licence') },
  }
  let refusal = ''
  await stage.player.load(itemOf('1', '', { stream }), false).catch((error: unknown) => {
    assert.ok(error instanceof AppError, 'error instanceof AppError')
    refusal = JSON.stringify([error.message, error.facts])
  })
  const failed = await stage.events.next('failed', ({ type }) => type === 'failed')
  assert.ok(failed.type === 'failed', `failed.type === 'failed'`)
  await eventually('the licence in the log', () => stage.sink.text().includes('licence'), {
    seen: stage.sink.text,
  })
  for (const text of [refusal, failed.error.message, stage.sink.text()]) {
    assert.match(text, /licence \[secret\]/)
    assert.doesNotMatch(text, /canary/)
  }
})

test('a program gets the environment without the settings', async (t) => {
  process.env['A2M_CANARY'] = 'canary'
  t.after(() => delete process.env['A2M_CANARY'])
  const stage = await openCommand(
    t,
    program(
      "console.error('environment ' + Object.keys(process.env).filter((name) => /A2M|PATH/.test(name)))",
    ),
  )
  await stage.player.play()
  await eventually('the environment in the log', () => stage.sink.text().includes('environment'), {
    seen: stage.sink.text,
  })
  assert.match(stage.sink.text(), /environment .*PATH/)
  assert.doesNotMatch(stage.sink.text(), /A2M_CANARY/)
})

test('a program that writes much to its stderr is logged in part', async (t) => {
  const stage = await openCommand(
    t,
    program("for (let i = 0; i < 5000; i++) console.error('line ' + i)\nconsole.error('x'.repeat(1e6))"),
  )
  await stage.player.play()
  await stage.player.close()
  const logged = stage.sink.lines().filter(({ msg }) => msg === 'The player writes')
  assert.ok(logged.length > 0 && logged.length <= 150, `${logged.length} lines`)
  for (const { line } of logged) assert.ok(String(line).length <= 500, 'String(line).length <= 500')
})
