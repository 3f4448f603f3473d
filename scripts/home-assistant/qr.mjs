import { spawnSync } from 'node:child_process'

/** What a reader that shares nothing with our drawing finds in a picture (PNG); undefined when it finds no code. */
export function readQr(picture) {
  const only = ['--set', '*.enable=0', '--set', 'qrcode.enable=1']
  const { status, stdout, stderr } = spawnSync('zbarimg', ['--quiet', '--raw', ...only, 'png:-'], {
    input: picture,
    encoding: 'utf8',
  })
  if (status === 0) return stdout.trim()
  // 4: no code found.
  if (status === 4) return undefined
  throw new Error(`zbarimg failed: ${stderr}`)
}
