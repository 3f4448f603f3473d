import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { terminalQr } from '../../../src/login-display/terminal-qr.ts'
import { repository } from '../../support/debian-package.ts'
import { tempFolder } from '../../support/temp-folder.ts'

// scripts/systemd/hostile.mjs has the same read by the real pam_motd.
const skip = process.getuid?.() === 0 ? false : 'it is root that must be careful'
const nobody = 65534

interface Prompts {
  /** The folder of the service's user. */
  readonly codes: string
  /** The folder that login prompts read. */
  readonly shown: string
  /** Runs what systemd runs when a code comes or goes. */
  readonly copy: () => void
}

function prompts(t: TestContext): Prompts {
  const folder = tempFolder(t)
  const [codes, shown] = ['codes', 'shown'].map((name) => {
    mkdirSync(join(folder, name), { mode: 0o755 })
    return join(folder, name)
  }) as [string, string]
  chownSync(codes, nobody, nobody)
  const script = join(folder, 'tty.sh')
  const text = readFileSync(join(repository, 'systemd', 'amazonmusic2mqtt-tty.sh'), 'utf8')
  writeFileSync(script, text.replace('codes=/run/amazonmusic2mqtt', `codes=${codes}`))
  return {
    codes,
    shown,
    copy() {
      const env = { PATH: process.env['PATH'], RUNTIME_DIRECTORY: shown }
      const { status, stderr, error } = spawnSync('sh', [script, 'prompts'], {
        env,
        encoding: 'utf8',
        timeout: 15_000,
      })
      assert.equal(error, undefined, 'it ends')
      assert.equal(status, 0, stderr)
    },
  }
}

test('a code with its QR codes comes through as it is, for everybody to read, and goes', { skip }, (t) => {
  const { codes, shown, copy } = prompts(t)
  const words = 'Sign kitchen in to Amazon Music\n    BEYHYS\n'
  const texts = {
    motd: `${terminalQr('https://amazon.com/code/BEYHYS', 'half')?.text ?? ''}${words}`,
    issue: `${terminalQr('https://amazon.com/code/BEYHYS', 'full')?.text ?? ''}${words}`,
  }
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(codes, name), text)
  copy()
  for (const [name, text] of Object.entries(texts)) {
    assert.equal(readFileSync(join(shown, name), 'utf8'), text)
    assert.equal(statSync(join(shown, name)).mode & 0o777, 0o644)
    assert.equal(statSync(join(shown, name)).uid, 0)
    execFileSync('rm', [join(codes, name)])
  }
  copy()
  assert.deepEqual(readdirSync(shown), [])
})

test(
  'a link to what only root may read, a FIFO and a folder show nothing and delay nobody',
  { skip },
  (t) => {
    const { codes, shown, copy } = prompts(t)
    const secret = join(codes, '..', 'secret')
    writeFileSync(secret, 'for root only\n', { mode: 0o600 })
    symlinkSync(secret, join(codes, 'motd'))
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(codes, 'issue')])
    writeFileSync(join(shown, 'motd'), 'of an earlier code')
    copy()
    assert.deepEqual(readdirSync(shown), [])
    execFileSync('rm', [join(codes, 'issue')])
    mkdirSync(join(codes, 'issue'))
    copy()
    assert.deepEqual(readdirSync(shown), [])
  },
)

test(
  'nothing that a terminal or agetty acts upon comes through but the colours of a QR code',
  { skip },
  (t) => {
    const { codes, shown, copy } = prompts(t)
    const hostile = [
      'a\u001b]0;title\u0007b\u001b[2Jc\u001b[38;5;16md\rz\b\u009b1me',
      '\u001b[48;5;231mwhite',
      '\\S{PRETTY_NAME} \\e{red} \\\\',
      'über ▀▄█ \u202e end',
    ].join('\n')
    writeFileSync(
      join(codes, 'motd'),
      Buffer.concat([Buffer.from(`${hostile}\n`), Buffer.from([0x9b, 0x0a, 0])]),
    )
    writeFileSync(join(codes, 'issue'), hostile)
    copy()
    const expected = [
      'a]0;titleb[2Jc[38;5;16mdz1me',
      '\u001b[48;5;231mwhite\u001b[0m',
      'S{PRETTY_NAME} e{red} ',
      'ber ▀▄█  end',
    ].join('\n')
    assert.equal(readFileSync(join(shown, 'motd'), 'utf8'), `${expected}\n\n`)
    assert.equal(readFileSync(join(shown, 'issue'), 'utf8'), expected)
  },
)

test('of a text that is too long the first 64 kB are taken', { skip }, (t) => {
  const { codes, shown, copy } = prompts(t)
  writeFileSync(join(codes, 'motd'), 'x'.repeat(10_000_000))
  copy()
  assert.equal(statSync(join(shown, 'motd')).size, 65_536)
  assert.deepEqual(readdirSync(shown), ['motd'])
})
