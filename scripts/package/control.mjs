import { product } from '../../src/version.ts'

const maintainer = `the ${product} authors <authors@${product}.invalid>`

/**
 * The fields of the two packages. `all` runs on the system's Node, `bundled` brings one.
 *
 * @param {'all' | 'bundled'} kind
 * @param {{ version: string, architecture: string }} about `version` in Debian's form
 */
export function control(kind, { version, architecture }) {
  const isBundled = kind === 'bundled'
  return {
    Package: isBundled ? `${product}-bundled` : product,
    Version: version,
    Architecture: isBundled ? architecture : 'all',
    Maintainer: maintainer,
    Depends: [...(isBundled ? nodesLibraries : systemsNode), sysusers].join(', '),
    Recommends: 'mpv',
    ...(isBundled
      ? {
          Provides: `${product} (= ${version})`,
          Conflicts: product,
          Replaces: product,
        }
      : { Conflicts: `${product}-bundled`, Replaces: `${product}-bundled` }),
    Section: 'sound',
    Priority: 'optional',
    Description: [
      'Amazon Music on a device without a screen, by MQTT',
      ...[
        'Signs a headless device in to Amazon Music by a QR code that a phone scans,',
        'stays signed in, and lets MQTT play, pause, skip and search. Home Assistant,',
        'Node-RED and openHAB find it by themselves. Sound comes from mpv, or from a',
        'program of the maker of the device.',
        '.',
        ...(isBundled
          ? ['This package brings a Node.js of its own, for systems whose own is too old.']
          : ['This package runs on the Node.js of the system.']),
      ].map((line) => ` ${line}`),
    ].join('\n'),
  }
}

/** Debian's Node trusts the authorities of the system; Node's own build brings them. */
const systemsNode = ['nodejs (>= 20.19)', 'ca-certificates']

/** By what the binary asks of each (bundled-check.mjs looks whether that is all). */
export const nodesLibraries = ['libc6 (>= 2.28)', 'libgcc-s1', 'libstdc++6 (>= 6)']

const sysusers = 'systemd | systemd-standalone-sysusers | systemd-sysusers'
