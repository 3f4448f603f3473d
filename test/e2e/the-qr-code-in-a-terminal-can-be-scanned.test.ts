import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

import { mainBundle } from '../support/cli-process.ts'
import { Inbox } from '../support/inbox.ts'
import { makeHome, prefix } from '../support/home.ts'
import { noMosquitto } from '../support/mosquitto.ts'
import { readQr, withoutQrReader } from '../support/qr-reader.ts'
import { darkGround, lightGround, terminalPicture } from '../support/terminal-picture.ts'

const columns = 100

test(
  'what the built agent prints in a terminal, and the PNG on login/qr, read as the very URL of the sign-in page',
  { skip: noMosquitto || withoutQrReader },
  async (t) => {
    const home = await makeHome(t)
    // A pseudo-terminal by util-linux, which every Debian has.
    const inTerminal = `stty cols ${columns} rows 60; exec "${process.execPath}" "${mainBundle}" run`
    const terminal = spawn('script', ['-qec', inTerminal, '/dev/null'], {
      env: { ...process.env, ...home.env, LANG: 'C.UTF-8', TERM: 'xterm-256color' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    t.after(() => terminal.kill('SIGKILL'))
    const screens = new Inbox<string>()
    let seen = ''
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text
      screens.push(seen)
    })
    const screen = await screens.next('the whole sign-in', (text) =>
      /scan the QR code[^]*minutes\./.test(text),
    )

    const { text } = await home.client.next(`${prefix}/login`, (message) =>
      message.text.includes('awaiting_user'),
    )
    const login = JSON.parse(text) as Record<string, string>
    for (const ground of [darkGround, lightGround]) {
      assert.equal(
        await readQr(t, terminalPicture(screen, ground, columns)),
        login['verification_uri_complete'],
      )
    }
    assert.ok(screen.includes(login['verification_uri'] ?? '?'), 'the URL stands beside it')
    assert.ok(screen.includes(login['user_code'] ?? '?'), 'and so does the code')

    const { payload } = await home.client.next(`${prefix}/login/qr`, (message) => message.payload.length > 0)
    assert.equal(await readQr(t, payload), login['verification_uri_complete'])

    home.sandbox.control.approve()
    await home.client.next(`${prefix}/login/qr`, (message) => message.payload.length === 0)
    await home.client.next(`${prefix}/login/status`, (message) => message.text === 'idle')
    terminal.stdin.write('\u0003')
    const [code] = (await once(terminal, 'exit')) as [number | null]
    assert.equal(code, 0, 'Ctrl-C ends it')
  },
)
