import { against, table } from './table.mjs'

const who = {
  agent: 'package',
  unbundled: 'unbundled',
  command: 'package, by systemd-notify',
  bare: 'bare Node',
}

/** What the installed agent takes of a machine on which nothing happens. */
export function packageTable(figures) {
  return table(who, rowsOf(figures))
}

/** @returns {import('./table.mjs').Row[]} */
function rowsOf({ bytes, starts, idle }) {
  const megabytes = bytes / 1024 ** 2
  const those = (looks, what) =>
    Object.fromEntries(Object.keys(who).map((form) => [form, looks?.[form]?.[what]]))
  const of = (what) => those(idle, what)
  const row = (name, figures, digits, unit, most) =>
    against('unbundled', {
      name,
      ...figures,
      digits,
      unit,
      ...(most === undefined
        ? {}
        : { aim: most === 0 ? `0 ${unit}` : `≤ ${most} ${unit}`, isMet: figures.agent?.median <= most }),
    })
  return [
    {
      name: 'Size of the package for all architectures',
      agent: megabytes,
      digits: 2,
      unit: 'MB',
      aim: '≤ 1.5 MB',
      isMet: megabytes <= 1.5,
    },
    row('Spawn to online (bare Node: to its first line)', those(starts, 'ms'), 0, 'ms', 300),
    row('CPU until then', those(starts, 'cpuMs'), 0, 'ms'),
    row('Resident memory, idle', of('residentMb'), 1, 'MB', 60),
    row('Of this its own (anonymous)', of('ownMb'), 1, 'MB'),
    row('CPU in an idle minute', of('cpuMs'), 1, 'ms'),
    row('Wake-ups in an idle minute, all threads', of('wakeUps'), 1, ''),
    row('Bytes written to disk in an idle hour', of('writtenBytes'), 0, 'B', 0),
    {
      name: 'Files changed in the state folder while idle',
      agent: idle?.agent?.changedFiles,
      unbundled: idle?.unbundled?.changedFiles,
      command: idle?.command?.changedFiles,
      digits: 0,
      unit: '',
      aim: '0',
      isMet: idle?.agent?.changedFiles.most === 0,
    },
  ]
}
