import assert from 'node:assert/strict'

import { unit } from './box.mjs'

const password = 'correct horse $battery "staple"'

/** Secrets that systemd hands over.
 * @param {import('./box.mjs').Box} box signed in, running
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function credentials(box, must) {
  await box.stopBroker()
  await box.out(['mosquitto_passwd', '-b', '-c', '/etc/a2m-broker.passwords', 'kitchen', password])
  await box.startBroker(['allow_anonymous false', 'password_file /etc/a2m-broker.passwords'])
  box.configure({ A2M_MQTT_USERNAME: 'kitchen' })
  box.write('/etc/amazonmusic2mqtt/mqtt-password', `${password}\n`, 0o600)

  const connects = async () => {
    await box.ctl('restart', unit)
    await box.becomes('StatusText', /^Ready$/)
    const all = await box.sh(
      `cat /proc/$(systemctl show --value -p MainPID ${unit})/environ | tr '\\0' '\\n'`,
    )
    assert.doesNotMatch(all, /battery/)
  }
  await must('without its password the broker refuses it', async () => {
    await box.ctl('restart', unit)
    return box.becomes('StatusText', /waiting for the broker.*refuse/i)
  })
  await must('the password of the broker comes from LoadCredential', async () => {
    await box.dropIn('password', ['LoadCredential=mqtt-password:/etc/amazonmusic2mqtt/mqtt-password'])
    await connects()
  })
  await must('a credential that is missing keeps it from starting', async () => {
    await box.dropIn('password', ['LoadCredential=mqtt-password:/etc/amazonmusic2mqtt/nothing'])
    const { status } = await box.machine.run(['systemctl', 'restart', unit])
    assert.notEqual(status, 0)
  })
  await must('and from LoadCredentialEncrypted', async () => {
    const encrypted = '/etc/amazonmusic2mqtt/mqtt-password.cred'
    const plain = '/etc/amazonmusic2mqtt/mqtt-password'
    await box.out(['systemd-creds', 'encrypt', '--with-key=host', '--name=mqtt-password', plain, encrypted])
    assert.doesNotMatch(await box.out(['cat', encrypted]), /battery/)
    await box.dropIn('password', [`LoadCredentialEncrypted=mqtt-password:${encrypted}`])
    await connects()
  })
  await box.takeBack('password')
  await box.stopBroker()
  box.configure()
}
