import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

import { darkGround, terminalPicture } from '../../test/support/screen/terminal-picture.ts'
import { clientId, profileId, settingsFile } from './box.mjs'

const columns = 100

/** A person at a terminal, with a phone.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function inTerminal(box, must) {
  await box.boot()
  await box.startSandbox()
  box.download(box.right)
  const install = 'exec sh /root/download/install.sh --without-mpv --settings /root/sandbox.env'
  const broker = 'mqtt://localhost:1883'

  let person
  await must('it asks, says what is wrong with an answer, and asks again', async () => {
    await box.sh('systemctl start mosquitto')
    person = box.terminal(install)
    await person.sees(/Client ID \(.*\): /)
    // The wrong one of the two, which is what people do.
    person.type(`${profileId}\r`)
    await person.sees(/this is a Security Profile ID/)
    await person.sees(/Client ID \(.*\): /)
    person.type(`  ${clientId} \r`)
    await person.sees(/Security Profile ID \(.*\): /)
    person.type(`${profileId}\r`)
    await person.sees(/MQTT broker \[mqtt:\/\/localhost:1883\]: /)
    person.type('broker\r')
    await person.sees(/expected mqtt:\/\/host:1883/)
    await person.sees(/MQTT broker \[mqtt:\/\/localhost:1883\]: /)
    person.type('\r')
    await person.sees(/User at the broker .*: /)
    person.type('kitchen\r')
    await person.sees(/Password at the broker .*: /)
    person.type('open sesame\r')
  })
  let address
  await must('then it shows the QR code, which a phone reads', async () => {
    const sign = await person.sees(/scan the QR code[^]*minutes\./)
    assert.ok(!person.screen.includes('open sesame'), 'the password is not shown')
    const screen = sign.slice(sign.indexOf('== Sign-in'))
    const qr = readQr(terminalPicture(screen, darkGround, columns))
    const code = /enter the code\s+(\S+)/.exec(screen)[1]
    assert.ok(qr?.includes(code), `${qr} ${code}`)
    address = { qr, code }
    return qr
  })
  await must('Ctrl-C ends the showing alone; what was installed goes on', async () => {
    person.type('\u0003')
    await person.sees(/Installed, and not signed in yet/)
    assert.equal(await person.ended(), 0)
    assert.equal(await box.show('ActiveState'), 'active')
    const lines = box.inForce()
    assert.ok(lines.includes(`A2M_LWA_CLIENT_ID='${clientId}'`), lines.join('\n'))
    assert.ok(lines.includes(`A2M_SECURITY_PROFILE_ID='${profileId}'`))
    assert.ok(lines.includes(`A2M_MQTT_URL='${broker}'`))
    assert.ok(lines.includes("A2M_MQTT_USERNAME='kitchen'"))
    assert.equal(box.read('/etc/amazonmusic2mqtt/mqtt-password'), 'open sesame\n')
    assert.ok(!box.read(settingsFile).includes('open sesame'))
  })
  await must('Ctrl-C at the password leaves the terminal as it was', async () => {
    person = box.terminal('trap : INT; sh /root/download/install.sh --without-mpv; stty -a')
    await person.sees(/Change them\? y or n \[n\]: /)
    person.type('y\r')
    for (const what of [/Client ID .*\]: /, /Profile ID .*\]: /, /broker \[.*\]: /, /User .*\[kitchen\]: /]) {
      await person.sees(what)
      person.type('\r')
    }
    await person.sees(/Password at the broker .*: /)
    person.type('\u0003')
    await person.sees(/Stopped\. Nothing is lost/)
    await person.sees(/[^-]\becho\b/)
    await person.ended()
  })
  await must('who says no on the phone is told so, and it ends with 77', async () => {
    person = box.terminal('exec sh /root/download/install.sh --without-mpv --yes')
    const sign = await person.sees(/scan the QR code[^]*minutes\./)
    await box.sandbox('POST', '/control/codes/deny', { userCode: /enter the code\s+(\S+)/.exec(sign)[1] })
    await person.sees(/Installed, and not signed in yet\. Once that is set right/)
    assert.equal(await person.ended(), 77)
  })
  await must('run again it offers to leave all as it is, and ends once the phone has said yes', async () => {
    person = box.terminal('exec sh /root/download/install.sh --without-mpv')
    await person.sees(/Change them\? y or n \[n\]: /)
    person.type('\r')
    const sign = await person.sees(/scan the QR code[^]*minutes\./)
    const code = /enter the code\s+(\S+)/.exec(sign)[1]
    await box.sandbox('POST', '/control/codes/approve', { userCode: code })
    await person.sees(/This device is signed in\./)
    await person.sees(/Done\./)
    assert.equal(await person.ended(), 0)
    await box.isSignedIn()
    return `${address.code}, then ${code}`
  })
  await must('from a pipe, as "curl | sh" has it, it still asks on the terminal', async () => {
    person = box.terminal('cd /root/download; cat install.sh | sh -s -- --without-mpv; stty -a')
    await person.sees(/Change them\? y or n \[n\]: /)
    person.type('y\r')
    await person.sees(new RegExp(`Client ID \\(.*\\) \\[${clientId}\\]: `))
    person.type('\r')
    await person.sees(/Security Profile ID .*\]: /)
    person.type('\r')
    await person.sees(/MQTT broker \[mqtt:\/\/localhost:1883\]: /)
    person.type('mqtt://127.0.0.1\r')
    await person.sees(/User at the broker .*\[kitchen\]: /)
    person.type('\r')
    await person.sees(/Password at the broker .*: /)
    person.type('\r')
    await person.sees(/signed in already/)
    await person.sees(/[^-]\becho\b/)
    assert.equal(await person.ended(), 0)
    assert.ok(box.inForce().includes("A2M_MQTT_URL='mqtt://127.0.0.1'"))
    assert.equal(box.read('/etc/amazonmusic2mqtt/mqtt-password'), 'open sesame\n')
  })
  await must('Ctrl-C at a question, or the end of what is typed, leaves what there was', async () => {
    const text = box.read(settingsFile)
    for (const [key, status] of [
      ['\u0003', 130],
      ['\u0004', 78],
    ]) {
      person = box.terminal('exec sh /root/download/install.sh --without-mpv')
      await person.sees(/Change them\? y or n \[n\]: /)
      person.type(key)
      assert.equal(await person.ended(), status)
      assert.equal(box.read(settingsFile), text)
    }
    await box.isActive()
  })
  await must('a password in the address of the broker is kept, and not shown', async () => {
    const text = box.read(settingsFile)
    const address = "A2M_MQTT_URL='mqtt://kitchen:swordfish@localhost'"
    box.write(settingsFile, text.replace(/^A2M_MQTT_(URL|USERNAME|PASSWORD_FILE)=.*\n/gm, '') + address)
    person = box.terminal('exec sh /root/download/install.sh --without-mpv --without-login')
    await person.sees(/with the broker mqtt:\/\/localhost\. Change them\? y or n \[n\]: /)
    person.type('y\r')
    for (const what of [
      /Client ID .*\]: /,
      /Profile ID .*\]: /,
      /broker \[mqtt:\/\/localhost\]: /,
      /User .*: /,
    ]) {
      await person.sees(what)
      person.type('\r')
    }
    // --without-login.
    await person.sees(/This shows the QR code: sudo amazonmusic2mqtt login/)
    assert.equal(await person.ended(), 0)
    assert.ok(!person.screen.includes('swordfish'))
    assert.ok(box.inForce().includes(address), box.inForce().join('\n'))
  })
  await must('uninstall.sh asks, and takes Enter for no', async () => {
    person = box.terminal('exec sh /root/download/uninstall.sh')
    await person.sees(/Remove amazonmusic2mqtt\? .*: /)
    person.type('\r')
    await person.sees(/Nothing was removed/)
    assert.equal(await person.ended(), 0)
    await box.isActive()
  })
}

function readQr(picture) {
  const only = ['--set', '*.enable=0', '--set', 'qrcode.enable=1']
  const { stdout } = spawnSync('zbarimg', ['--quiet', '--raw', ...only, 'pgm:-'], {
    input: picture,
    encoding: 'utf8',
  })
  return stdout.trim() || undefined
}
