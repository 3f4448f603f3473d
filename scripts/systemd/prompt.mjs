import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

import { until } from '../lib/until.mjs'
import { installPackages } from '../lib/tools.mjs'
import { openBox, unit } from './box.mjs'
import { hasVirtualConsoles, virtualConsole } from './virtual-console.mjs'

/** This machine's consoles that stand in for the box's own; 13 to 24 have keys, these have none. */
const consolesOf = { bookworm: { tty1: 50, tty8: 51, tty9: 52 }, trixie: { tty1: 53, tty8: 54, tty9: 55 } }

/** What Debian needs beside its base for a screen. */
export const promptPackages = ['kbd', 'console-setup-linux']

/** 80 by 25 as in the days of VGA, the official touchscreen of 800 by 480, and HDMI at 1280 by 720. */
const sizes = { vga: [25, 80], touchscreen: [30, 100], hdmi: [45, 160] }

/**
 * Where a box without a screen of its own shows its code: at the login prompts and on a screen, each as the real
 * pam_motd, agetty and kernel show it, read back from the console. A box of its own: it needs this machine's consoles.
 *
 * @param {'bookworm' | 'trixie'} suite
 * @param {string} deb the package
 * @param {(box: import('./box.mjs').Box) => (what: string, prove: () => Promise<string | void>) => Promise<void>} mustFor
 */
export async function provePrompts(suite, deb, mustFor) {
  if (!hasVirtualConsoles) {
    console.log(`skip  ${suite}: login prompts, this machine has no virtual consoles to read back`)
    return
  }
  if (!existsSync('/usr/bin/zbarimg')) installPackages(['zbar-tools'])
  const numbers = consolesOf[suite]
  const box = await openBox(suite, deb, { also: promptPackages })
  const screens = Object.fromEntries(
    Object.entries(numbers).map(([name, number]) => [name, virtualConsole(number)]),
  )
  try {
    install(box)
    // Under the kernel's number for it, too, by which processes are listed with their console.
    const bound = Object.entries(screens).flatMap(([name, { path }]) => [
      `--bind=${path}:/dev/${name}`,
      `--bind=${path}`,
    ])
    // Some console must be there for units that ask; the one that is shown stays this machine's own.
    await box.boot({ args: [...bound, '--bind=/dev/null:/dev/tty0'] })
    await prompts(box, mustFor(box), screens)
  } finally {
    await box.close()
    for (const screen of Object.values(screens)) screen.close()
  }
}

/** A stand-in for the switch of the screen, which is somebody's. */
function install(box) {
  const shown = '/run/amazonmusic2mqtt-tty/shown'
  box.write('/usr/local/bin/fgconsole', `#!/bin/sh\ncat ${shown} 2>/dev/null || echo 3\n`, 0o755)
  // A machine without a screen has consoles that know no fonts, and not every release's setfont lets that pass.
  box.write('/usr/local/bin/setfont', '#!/bin/sh\n/usr/bin/setfont "$@" 2>/dev/null || test -r "$3"\n', 0o755)
  box.write('/usr/local/bin/chvt', `#!/bin/sh\necho "$1" >${shown}\n`, 0o755)
}

async function prompts(box, must, { tty1, tty8, tty9 }) {
  const url = async () => {
    const words = await box.sh('cat /var/lib/amazonmusic2mqtt/login.json')
    return JSON.parse(words).verification_uri_complete
  }
  const shownConsole = () => box.sh('fgconsole')
  /** What somebody who logs in is greeted with, on a console high enough for all of it. */
  const login = async () => {
    tty9.resize(60, 100)
    tty9.clear()
    const tty = ['-p', 'TTYPath=/dev/tty9', '-p', 'StandardInput=tty-force', '-p', 'StandardOutput=tty']
    await box.out(['systemd-run', '--quiet', '--wait', ...tty, 'login', '-f', 'guest'])
    return tty9.text()
  }
  const newCode = async () => {
    await box.publish('command', 'logout')
    // By hand: no code is made by itself after it.
    await box.publish('command', 'login')
    return box.code()
  }

  await must(
    'links that lead nowhere show nothing and do no harm, at the prompt and at the login',
    async () => {
      await box.out(['systemd-sysusers', '/usr/lib/sysusers.d/amazonmusic2mqtt.conf'])
      await box.sh('useradd -s /bin/true -m guest')
      tty1.resize(...sizes.hdmi)
      await box.ctl('start', 'getty@tty1')
      await until(
        'the prompt',
        () => /login: *$/m.test(tty1.text()),
        10_000,
        () => tty1.text(),
      )
      assert.doesNotMatch(tty1.text(), /Amazon/)
      assert.match(await login(), /ABSOLUTELY NO WARRANTY/)
      assert.doesNotMatch(tty9.text(), /Amazon|motd/)
    },
  )
  await must('a code that comes is shown by the prompt that waits on tty1, and read from it', async () => {
    await box.startBroker()
    await box.startSandbox()
    await box.ctl('start', 'amazonmusic2mqtt-prompt.path')
    await box.ctl('start', unit)
    const code = await box.code()
    const beganMs = performance.now()
    await until(
      'the code',
      () => tty1.text().includes(`    ${code}\n`),
      10_000,
      () => tty1.text(),
    )
    const took = ((performance.now() - beganMs) / 1000).toFixed(1)
    assert.match(tty1.text(), /login: *$/m, 'and the prompt is below')
    assert.equal(tty1.qr(), await url())
    return `${took} s after the status had it, ${sizes.hdmi.join(' rows by ')} columns`
  })
  await must('who logs in is greeted with it through the link in /etc/motd.d, and it reads', async () => {
    const text = await login()
    assert.ok(text.includes(`    ${await box.code()}\n`), text)
    assert.equal(tty9.qr(), await url())
  })
  await must('a console of 25 rows keeps address, code and prompt when the QR code scrolls off', async () => {
    const code = await box.code()
    tty1.resize(...sizes.vga)
    await box.ctl('restart', 'getty@tty1')
    await until('the prompt', () => /login: *$/m.test(tty1.text()), 10_000)
    assert.ok(tty1.text().includes(`    ${code}\n`), tty1.text())
    assert.match(tty1.text(), /\n {4}http\S+\nand enter the code\n/)
    tty1.resize(...sizes.hdmi)
  })

  await must('the font for low screens is there, with half blocks', async () => {
    const [font] = /\/usr\/share\/consolefonts\/\S+/.exec(
      await box.sh('cat /usr/lib/amazonmusic2mqtt/tty.sh'),
    )
    const psf = gunzipSync(readFileSync(box.at(font)))
    // The older form: 256 characters of psf[3] bytes, then for each the 16-bit numbers that it stands for.
    assert.deepEqual([...psf.subarray(0, 2)], [0x36, 0x04])
    const table = psf.subarray(4 + 256 * psf[3])
    const known = new Set(Array.from({ length: table.length / 2 }, (_, at) => table.readUInt16LE(2 * at)))
    for (const block of '▀▄█') assert.ok(known.has(block.codePointAt(0)), block)
    return font
  })
  for (const [name, size] of Object.entries(sizes)) {
    await must(
      `a screen of ${size.join(' rows by ')} columns shows a code that reads, and words`,
      async () => {
        tty8.resize(...size)
        await box.ctl('start', 'amazonmusic2mqtt-tty')
        assert.equal(tty8.qr(), await url(), tty8.text())
        assert.ok(tty8.text().includes(`    ${await box.code()}\n`), tty8.text())
        assert.equal(await shownConsole(), '8')
        return name === 'hdmi' ? 'large' : 'half blocks, by a font of console-setup'
      },
    )
  }
  await must('without such fonts a low screen shows words only', async () => {
    tty8.resize(...sizes.vga)
    await box.sh('mv /usr/share/consolefonts /usr/share/consolefonts-away')
    await box.ctl('start', 'amazonmusic2mqtt-tty')
    await box.sh('mv /usr/share/consolefonts-away /usr/share/consolefonts')
    assert.match(tty8.text(), /^Sign kitchen in to Amazon Music/)
    assert.ok(tty8.text().includes(`    ${await box.code()}\n`), tty8.text())
  })
  await must('signed in, prompt, login and screen are as before', async () => {
    await box.approve()
    await until('the console from before', async () => (await shownConsole()) === '3', 10_000, shownConsole)
    await until(
      'a prompt without it',
      () => /login: *$/m.test(tty1.text()) && !/Amazon/.test(tty1.text()),
      10_000,
      () => tty1.text(),
    )
    assert.doesNotMatch(await login(), /Amazon/)
    assert.equal(tty8.text().trim(), '')
  })
  await must('the next code comes to prompt and screen by itself', async () => {
    const code = await newCode()
    for (const [what, screen] of Object.entries({ prompt: tty1, screen: tty8 })) {
      await until(
        what,
        () => screen.text().includes(`    ${code}\n`),
        10_000,
        () => screen.text(),
      )
    }
    assert.equal(await shownConsole(), '8')
  })
  await must('a stop of the service takes it away', async () => {
    await box.ctl('stop', unit)
    await until('the console from before', async () => (await shownConsole()) === '3', 10_000, shownConsole)
    await until(
      'a prompt without it',
      () => !/Amazon/.test(tty1.text()),
      10_000,
      () => tty1.text(),
    )
  })
  await must('who turns the screen off by the one name it has gets no code there any more', async () => {
    await box.ctl('enable', '--now', 'amazonmusic2mqtt-tty')
    assert.equal(await box.show('ActiveState', 'amazonmusic2mqtt-tty.path'), 'active')
    await box.ctl('disable', '--now', 'amazonmusic2mqtt-tty')
    assert.equal(await box.show('ActiveState', 'amazonmusic2mqtt-tty.path'), 'inactive')
    const { stdout } = await box.machine.run(['systemctl', 'is-enabled', 'amazonmusic2mqtt-tty.path'])
    assert.equal(stdout.trim(), 'disabled')
    await box.ctl('start', unit)
    await box.code()
    await sleep(2_000)
    assert.equal(await shownConsole(), '3')
  })
  await must('root and the service show it in their terminals, too: login, beside the service', async () => {
    const code = await box.code()
    const env = 'A2M_STATE_DIR=/var/lib/amazonmusic2mqtt'
    const as = {
      root: '',
      service: 'setpriv --reuid=amazonmusic2mqtt --regid=amazonmusic2mqtt --clear-groups ',
    }
    for (const [who, become] of Object.entries(as)) {
      await box.sh(`systemd-run --quiet --unit=login-${who} -p StandardOutput=file:/run/login-${who} \
        -p StandardError=file:/run/login-${who} env ${env} ${become}amazonmusic2mqtt login`)
      const said = () => box.sh(`cat /run/login-${who} 2>/dev/null || true`)
      await until(`the code, as ${who}`, async () => (await said()).includes(`    ${code}\n`), 10_000, said)
    }
    await box.approve()
    for (const who of Object.keys(as)) {
      const said = () => box.sh(`cat /run/login-${who}`)
      await until(`the end, as ${who}`, async () => /is signed in\.$/.test(await said()), 10_000, said)
    }
    assert.equal(await box.sh('find /var/lib/amazonmusic2mqtt ! -user amazonmusic2mqtt'), '')
  })
}
