import assert from 'node:assert/strict'
import { readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const script = '/root/download/install.sh'
const isFor = (architecture) =>
  `[ "$1" != --print-architecture ] || { echo ${architecture}; exit; }; exec /usr/bin/dpkg "$@"`

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

  /** Does something while the machine says that it is another. */
  const asRelease = async (text, work) => {
    const release = box.at('/etc/os-release')
    const leadsTo = readlinkSync(release)
    rmSync(release)
    writeFileSync(release, text)
    try {
      await work()
    } finally {
      rmSync(release)
      symlinkSync(leadsTo, release)
    }
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
  await must('what is odd about a machine it says, and goes on', async () => {
    const odd = async (programmes) => {
      const ran = await box.install([], box.pretend(programmes))
      assert.match(ran.stderr, /There is no package/)
      return ran.stderr
    }
    assert.doesNotMatch(await odd({}), /Note/)
    assert.match(await odd({ dpkg: isFor('riscv64') }), /Note: nobody has tried this on riscv64/)
    assert.match(await odd({ date: 'echo 1970' }), /Note: the clock says 1970\./)
    await box.sh('echo "MemTotal: 262144 kB" >/root/meminfo && mount --bind /root/meminfo /proc/meminfo')
    assert.match(await odd({}), /Note: this machine has 256 MB of memory/)
    await box.sh('umount /proc/meminfo')
    await asRelease('ID=ubuntu\nVERSION_ID="24.04"\n', async () =>
      assert.match(await odd({}), /Note: .* here is ubuntu 24\.04\./),
    )
  })
  await must('at a first boot it waits until the clock has been set, and not for ever', async () => {
    // The clock is set when it has been looked at three times.
    const shown = `echo x >>/root/looks; echo NTP=yes
[ "$(wc -l </root/looks)" -gt 6 ] && echo NTPSynchronized=yes || echo NTPSynchronized=no`
    const set = await box.install([], box.pretend({ timedatectl: shown }))
    assert.match(set.stdout, /^Waiting for the clock/m)
    assert.equal(box.read('/root/looks').length / 2, 8)
    const pretence = { timedatectl: 'echo NTP=yes; echo NTPSynchronized=no', sleep: 'echo slept' }
    const never = await box.install([], box.pretend(pretence))
    assert.equal(never.stdout.match(/^slept$/gm).length, 60)
    assert.match(never.stderr, /There is no package/)
  })
  await must('a release that is too old is refused', async () => {
    box.download(box.right)
    for (const id of ['debian', 'raspbian']) {
      await asRelease(`ID=${id}\nVERSION_ID="11"\n`, async () => {
        const ran = await box.install([])
        assert.match(ran.stderr, /Debian 11, which is too old/)
        assert.equal(ran.status, 69)
      })
    }
  })
  await must('so are a Pi 1 or Zero, and a disk that is full', async () => {
    const old = await box.install([], box.pretend({ uname: 'echo armv6l' }))
    assert.match(old.stderr, /ARMv6[^]*It takes a Pi 2/)
    assert.equal(old.status, 69)
    const full = await box.install([], box.pretend({ df: 'echo x; echo x x x 10240' }))
    assert.match(full.stderr, /Only 10 MB are free/)
    assert.equal(full.status, 69)
  })
  await must('so is a file of another kind, and a npm package that is broken or not ours', async () => {
    await refused(['--package', '/root/download/install.sh'], 64, /neither a \.deb nor a \.tgz/)
    if (box.suite === 'bookworm') return
    await refused(['--package', '/root/broken.tgz'], 69, /broken\.tgz is damaged/)
    await box.sh('cd /root && mkdir package && tar -czf another.tgz package && rmdir package')
    await refused(['--package', '/root/another.tgz'], 69, /another\.tgz is no package of amazonmusic2mqtt/)
  })
  if (box.suite === 'bookworm') {
    await must('on 32-bit ARM with such a Node it says what helps, whatever lies beside it', async () => {
      for (const [beside, why] of [
        [[box.made.all], /The newest Node\.js that apt has here is 18\./],
        [[box.made.all, box.made.bundled, box.made.npm], /No Node\.js 20\.19 or newer was found/],
      ]) {
        box.download(...beside)
        const ran = await box.install([], box.pretend({ dpkg: isFor('armhf'), uname: 'echo armv7l' }))
        assert.match(ran.stderr, why)
        assert.match(ran.stderr, /32-bit ARM[^]*\(64-bit\)[^]*Debian 13[^]*nodejs\.org/)
        assert.doesNotMatch(ran.stderr, /Note/)
        assert.equal(ran.status, 69)
      }
    })
    await must('on 64-bit ARM it asks for the package that brings its own', async () => {
      box.download(box.made.all)
      const ran = await box.install([], box.pretend({ dpkg: isFor('arm64'), uname: 'echo aarch64' }))
      assert.match(ran.stderr, /is 18\.[^]*Put amazonmusic2mqtt-bundled_VERSION_arm64\.deb beside/)
      assert.equal(ran.status, 69)
    })
    await must('where Node is too old it asks for another', async () => {
      box.download(box.made.all)
      await refused(
        ['--package', `/root/download/${basename(box.made.all)}`],
        69,
        /20\.19 or newer is needed/,
      )
      // As on a fresh image, which has no lists: it asks for them before it judges.
      await box.sh('mv /var/lib/apt/lists /root/lists')
      const network = { 'apt-get': 'case $* in *update*) mv /root/lists /var/lib/apt/lists ;; esac' }
      const ran = await box.install([], box.pretend(network))
      assert.match(
        ran.stderr,
        /The newest Node\.js that apt has here is (18\.\S+), and 20\.19 or newer is needed/,
      )
      assert.match(ran.stderr, /amazonmusic2mqtt-bundled|newer Node\.js/)
      assert.equal(ran.status, 69)
      return /is (18\S*),/.exec(ran.stderr)[1]
    })
    await must('the npm package, too, is refused without a Node that is new enough', async () => {
      box.download(box.made.npm)
      const ran = await box.install([])
      assert.match(ran.stderr, /No Node\.js 20\.19 or newer was found/)
      assert.equal(ran.status, 69)
    })
  }
}
