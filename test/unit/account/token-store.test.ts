import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { openTokenStore, type Link, type TokenStore } from '../../../src/account/token-store.ts'
import { createLog } from '../../../src/lib/log.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { tempParent } from '../../support/temp-folder.ts'

const link: Link = {
  refreshToken: new Secret('Atzr|canary'),
  scopes: ['a', 'b'],
  userId: 'amzn1.account.K2',
  signInId: 's1',
}

interface House {
  readonly folder: string
  readonly lines: string[]
  readonly open: (clientId?: string, scopes?: readonly string[]) => TokenStore
}

function house(t: TestContext): House {
  const folder = mkdtempSync(join(tempParent, 'account-'))
  const lines: string[] = []
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const log = createLog({ level: 'trace', write: (line) => lines.push(line) })
  return {
    folder,
    lines,
    open: (clientId = 'client-1', scopes = ['a', 'b']) => openTokenStore({ folder, clientId, scopes, log }),
  }
}

test('a link is there again in the next life', (t) => {
  const { open } = house(t)
  open().save(link)
  const read = open().link
  assert.equal(read?.refreshToken.reveal(), 'Atzr|canary')
  assert.deepEqual(read.scopes, ['a', 'b'])
  assert.equal(read.userId, 'amzn1.account.K2')
})

test('only refresh token, client id, scopes and whose they are is stored, for the owner alone', (t) => {
  const { folder, open } = house(t)
  open().save({ ...link, userId: undefined })
  const path = join(folder, 'tokens.json')
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), {
    refresh_token: 'Atzr|canary',
    client_id: 'client-1',
    scopes: ['a', 'b'],
    user_id: null,
    sign_in_id: 's1',
  })
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a changed client id does not take the sign-in, and putting it right brings it back', (t) => {
  const { open, lines } = house(t)
  open().save(link)
  const other = open('client-2')
  assert.equal(other.link, undefined)
  assert.match(other.discarded ?? '', /A2M_LWA_CLIENT_ID/)
  assert.match(lines.join(''), /another client id/)
  assert.equal(open('client-1').link?.userId, 'amzn1.account.K2')
})

test('a scope more keeps the sign-in and says what to do', (t) => {
  const { open, lines } = house(t)
  open().save(link)
  assert.equal(open('client-1', ['a', 'b', 'c']).link?.userId, 'amzn1.account.K2')
  assert.match(lines.join(''), /sign in again.*"scopes":"c"|"scopes":"c".*sign in again/)
})

test('a scope fewer is nothing to talk about', (t) => {
  const { open, lines } = house(t)
  open().save(link)
  open('client-1', ['a'])
  assert.deepEqual(lines, [])
})

test('clearing leaves no copy of the token', (t) => {
  const { folder, open } = house(t)
  const store = open()
  store.save(link)
  store.save({ ...link, refreshToken: new Secret('Atzr|second') })
  store.clear()
  assert.equal(store.link, undefined)
  assert.equal(existsSync(join(folder, 'tokens.json')), false)
  assert.equal(existsSync(join(folder, 'tokens.previous.json')), false)
})

test('a file that is not a link is set aside, and the copy before it is used', (t) => {
  const { folder, open, lines } = house(t)
  const store = open()
  store.save(link)
  store.save({ ...link, userId: undefined })
  writeFileSync(join(folder, 'tokens.json'), '{"refresh_token":')
  assert.equal(open().link?.userId, 'amzn1.account.K2')
  assert.equal(existsSync(join(folder, 'tokens.corrupt-1.json')), true)
  assert.match(lines.join(''), /state\/corrupt/)
})

test('a disk that fails costs nothing in memory, and is brought up to date later', (t) => {
  const { folder, open, lines } = house(t)
  const store = open()
  store.save(link)
  // A file where the folder should be: no right and no root gets past that.
  rmSync(folder, { recursive: true })
  const blocker = openTokenStore({
    folder: '/dev/null/nowhere',
    clientId: 'client-1',
    scopes: [],
    log: createLog({ level: 'trace', write: (line) => lines.push(line) }),
  })
  blocker.save(link)
  assert.equal(blocker.link?.refreshToken.reveal(), 'Atzr|canary')
  assert.equal(blocker.problem?.code, 'state/unwritable')
  blocker.retry()
  assert.equal(blocker.problem.code, 'state/unwritable')
  assert.equal(lines.filter((line) => line.includes('in memory only')).length, 1)

  store.retry()
  assert.equal(store.problem, undefined)
})

test('no line of the log holds the token', (t) => {
  const { open, lines } = house(t)
  open().save(link)
  open('client-2').save(link)
  assert.doesNotMatch(lines.join(''), /canary/)
})

test('a sign-in that was not taken is not spoken of once another is saved, or it is cleared', (t) => {
  const { open } = house(t)
  open().save(link)
  const saved = open('client-2')
  assert.match(saved.discarded ?? '', /another client id/)
  saved.save(link)
  assert.equal(saved.discarded, undefined)
  const cleared = open('client-3')
  assert.match(cleared.discarded ?? '', /another client id/)
  cleared.clear()
  assert.equal(cleared.discarded, undefined)
})

test('a retry writes nothing where nothing failed', (t) => {
  const { folder, open } = house(t)
  const store = open()
  store.save(link)
  rmSync(join(folder, 'tokens.json'))
  store.retry()
  assert.equal(existsSync(join(folder, 'tokens.json')), false)
})
