import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'

const script = '/root/download/install.sh'

/** Machines and packages that do not go together: each is told what to do, and nothing is changed.
 * @param {import('./box.mjs').Box} box not booted
 * @param {(what: string, prove: () => Promise<string | void>) => Promise<void>} must
 */
export async function refusals(box, must) {
  box.download(box.right)
  await must('without systemd it says what to do instead, and ends with 69', async () => {
    const { status, stderr } = await box.debian.run(['sh', script, '--yes'])
    assert.match(stderr, /systemd does not run here/)
    assert.equal(status, 69)
  })
  if (box.suite === 'bookworm') {
    // Only with its lists does apt know that it has a Node at all.
    await box.debian.run(['apt-get', 'update'], { withinMs: 180_000 })
  }
  await box.boot()
  const before = await box.tree()
  const refused = async (args, status, ...words) => {
    const ran = await box.install(args)
    for (const form of words) assert.match(ran.stderr, form)
    assert.equal(ran.status, status, ran.stdout + ran.stderr)
    assert.deepEqual([...(await box.tree())], [...before])
  }

  await must('somebody who is not root is told to use sudo', async () => {
    const ran = await box.run(['setpriv', '--reuid=nobody', '--clear-groups', 'sh', '-s', '--', '--yes'], {
      input: box.read(script),
    })
    assert.match(ran.stderr, /sudo sh install\.sh/)
    assert.equal(ran.status, 77)
  })
  await must('a package for another kind of processor is refused', async () => {
    await box.sh(`mkdir -p /root/foreign/DEBIAN && cd /root && printf 'Package: amazonmusic2mqtt-bundled
Version: 1
Architecture: armel
Maintainer: x <x@x.invalid>
Description: x
' >foreign/DEBIAN/control && dpkg-deb --build foreign foreign.deb`)
    await refused(['--package', '/root/foreign.deb'], 69, /is for armel, and this machine is/)
  })
  await must('so is a package of something else, and what is no package', async () => {
    await box.sh(`cd /root && sed -i 's/^Package: .*/Package: another/' foreign/DEBIAN/control &&
      dpkg-deb --build foreign another.deb && head -c 5000 /dev/zero >broken.deb && echo x >broken.tgz`)
    await refused(['--package', '/root/another.deb'], 64, /a package of something else: another/)
    await refused(['--package', '/root/broken.deb'], 69, /damaged/)
  })
  await must('without a package beside it, it says which to put there', async () => {
    box.download()
    await refused([], 69, /amazonmusic2mqtt_VERSION_all\.deb/)
  })
  await must('a release that is too old is refused', async () => {
    box.download(box.right)
    const release = box.read('/etc/os-release')
    rmSync(box.at('/etc/os-release'))
    box.write('/etc/os-release', release.replace(/^VERSION_ID=.*$/m, 'VERSION_ID="11"'))
    try {
      const ran = await box.install([])
      assert.match(ran.stderr, /Debian 11, which is too old/)
      assert.equal(ran.status, 69)
    } finally {
      rmSync(box.at('/etc/os-release'))
      box.write('/etc/os-release', release)
    }
  })
  if (box.suite === 'bookworm') {
    await must(
      'where Node is too old it asks for the package that brings one, or for another Node',
      async () => {
        box.download(box.made.all)
        const ran = await box.install([])
        assert.match(
          ran.stderr,
          /The newest Node\.js that apt has here is (18\.\S+|none), and 20\.19 or newer is needed/,
        )
        assert.match(ran.stderr, /amazonmusic2mqtt-bundled|newer Node\.js/)
        assert.equal(ran.status, 69)
        return /is (18\S*|none),/.exec(ran.stderr)[1]
      },
    )
    await must('the npm package, too, is refused without a Node that is new enough', async () => {
      box.download(box.made.npm)
      const ran = await box.install([])
      assert.match(ran.stderr, /No Node\.js 20\.19 or newer was found/)
      assert.equal(ran.status, 69)
    })
  }
}
