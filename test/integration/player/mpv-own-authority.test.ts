import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'

import { tempFolder } from '../../support/temp-folder.ts'
import { createTlsAuthority } from '../../support/tls-authority.ts'
import { tlsFront } from '../../support/tls-proxy.ts'
import { requireTool } from '../../support/tools.ts'
import { itemOf, mpvStage, noMpv } from './mpv-harness.ts'
import { file, soundServer, wav } from './sound-server.ts'

const options = { skip: noMpv || requireTool('openssl'), timeout: 60_000 }

const bundles = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('a2m-mpv-'))

test("mpv trusts a further authority beside the system's, and its file goes with it", options, async (t) => {
  await using system = await createTlsAuthority()
  await using own = await createTlsAuthority()
  await using stranger = await createTlsAuthority()
  const { url } = await soundServer(t, { '/a.wav': file(wav(1, 440)) })
  const before = bundles()
  const stage = await mpvStage(t, { caFile: system.caFile, ca: [own.ca.toString()] })
  const [made] = bundles().filter((name) => !before.includes(name))
  for (const [authority, expected] of [
    [system, 'ended'],
    [own, 'ended'],
    [stranger, 'failed'],
  ] as const) {
    const front = await tlsFront(t, new URL(url), await authority.issue('localhost'))
    const item = itemOf(new URL('/a.wav', front.url))
    await stage.player.load(item, false)
    await stage.event(expected, item.id)
  }
  await stage.player.close()
  assert.ok(made !== undefined, 'no file was made')
  assert.ok(!existsSync(`${tmpdir()}/${made}`), `${made} is still there`)
})

test("without the system's file mpv trusts those it is given", options, async (t) => {
  await using own = await createTlsAuthority()
  const { url } = await soundServer(t, { '/a.wav': file(wav(1, 440)) })
  const front = await tlsFront(t, new URL(url), await own.issue('localhost'))
  const stage = await mpvStage(t, { caFile: `${tempFolder(t)}/none.pem`, ca: [own.ca.toString()] })
  const item = itemOf(new URL('/a.wav', front.url))
  await stage.player.load(item, false)
  assert.equal((await stage.event('ended', item.id)).type, 'ended')
})
