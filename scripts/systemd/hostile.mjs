import assert from 'node:assert/strict'

const codes = '/run/amazonmusic2mqtt'
const shown = '/run/amazonmusic2mqtt-prompt'

/** The service's user puts at the login prompts what it likes: a real login, with the real pam_motd, is none the worse.
 * @param {import('./box.mjs').Box} box in which the service runs and no code waits
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function hostile(box, must) {
  const asService = (script) =>
    box.out([
      'setpriv',
      '--reuid=amazonmusic2mqtt',
      '--regid=amazonmusic2mqtt',
      '--clear-groups',
      'sh',
      '-c',
      script,
    ])
  /** A session of the real PAM, with the module that shows the texts as in /etc/pam.d/login and sshd. */
  const login = async () => {
    const began = performance.now()
    const ran = await box.machine.run(['timeout', '20', 'runuser', '-l', 'guest'])
    const text = ran.stdout + ran.stderr
    assert.equal(ran.status, 0, text)
    assert.match(text, /ABSOLUTELY NO WARRANTY/, 'this is what pam_motd shows')
    return { text, tookMs: performance.now() - began }
  }
  await box.sh('id guest 2>/dev/null || useradd -s /bin/true -m guest')
  await box.sh("echo 'session optional pam_motd.so' >>/etc/pam.d/runuser-l")
  await box.sh("printf 'for root only' >/root/secret && chmod 600 /root/secret")
  const copied = () => box.out(['systemctl', 'start', 'amazonmusic2mqtt-prompt.service'])

  await must('a code that the service shows is shown by a login', async () => {
    await asService(`printf 'a code: XYZZY\\n' >${codes}/motd && cp ${codes}/motd ${codes}/issue`)
    await copied()
    assert.match((await login()).text, /a code: XYZZY/)
    assert.equal(await box.out(['stat', '-c', '%a %U:%G', `${shown}/motd`]), '644 root:root')
  })
  await must('a link to a file of root shows nothing of it at a login', async () => {
    await asService(`ln -sf /root/secret ${codes}/motd && ln -sf /root/secret ${codes}/issue`)
    await copied()
    assert.doesNotMatch((await login()).text, /for root only|XYZZY/)
  })
  await must('a FIFO keeps no login waiting', async () => {
    await asService(`rm ${codes}/motd ${codes}/issue && mkfifo ${codes}/motd ${codes}/issue`)
    await copied()
    const { tookMs } = await login()
    assert.ok(tookMs < 10_000)
    return `${(tookMs / 1000).toFixed(1)} s`
  })
  await must('escape sequences of the service do not reach the terminal', async () => {
    await asService(
      `rm ${codes}/motd ${codes}/issue && printf 'x\\033]0;owned\\007y\\033[2J\\n' | tee ${codes}/motd >${codes}/issue`,
    )
    await copied()
    assert.match((await login()).text, /x\]0;ownedy\[2J/)
    await asService(`rm ${codes}/motd ${codes}/issue`)
    await copied()
    assert.equal(await box.sh(`ls -A ${shown}`), '')
  })
}
