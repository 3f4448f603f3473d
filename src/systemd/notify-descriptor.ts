import { fstatSync, writeSync } from 'node:fs'

/** The first descriptor that a service manager passes (sd_listen_fds(3)). */
const firstDescriptor = 3

/** The descriptor named `notify` that systemd opened for this very process, by OpenFile= of the unit. */
export function notifyDescriptor(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
  if (env['LISTEN_PID'] !== String(pid)) return undefined
  const index = (env['LISTEN_FDNAMES'] ?? '').split(':').indexOf('notify')
  if (index === -1 || index >= Number(env['LISTEN_FDS'])) return undefined
  const descriptor = firstDescriptor + index
  return isSocket(descriptor) ? descriptor : undefined
}

/** Anything but a socket must not be written to. */
function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket()
  } catch {
    return false
  }
}

/** One call is one datagram. @throws errors of Node */
export function writeTo(descriptor: number, lines: readonly string[]): void {
  writeSync(descriptor, lines.join('\n'))
}
