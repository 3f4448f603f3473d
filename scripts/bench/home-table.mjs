import { against, table } from './table.mjs'

const who = { agent: 'agent', off: 'discovery off' }

/** What the agent says to Home Assistant, and what that costs. */
export function homeTable(figures, sizes) {
  return table(who, rowsOf(figures, sizes))
}

/** @returns {import('./table.mjs').Row[]} */
function rowsOf(figures, { home: { idleMs } }) {
  const { restored, retained, announcement, album, playlist, ends, whileIdle, whilePlaying, residentMb } =
    figures
  const seconds = idleMs / 1000
  return [
    { name: 'Retained topics while something plays', agent: retained, digits: 0, unit: '' },
    { name: 'Broker back to all of them restored', agent: restored?.whole, digits: 0, unit: 'ms' },
    { name: 'Of this, from the first topic to the last', agent: restored?.sending, digits: 0, unit: 'ms' },
    ...countRows('First announcement, discovery only', announcement?.discovery),
    ...countRows('First announcement, whole picture', announcement?.whole),
    ...countRows('`next` within an album', album, 12),
    ...countRows('`next` in a playlist', playlist, 12),
    ...countRows('End of a track within an album', ends, 12),
    messagesRow(`Messages in ${seconds} s with nothing playing`, whileIdle, 0),
    messagesRow(`Messages in ${seconds} s of a track`, whilePlaying, 0),
    against('off', {
      name: 'Resident memory, idle',
      agent: residentMb?.on,
      off: residentMb?.off,
      digits: 1,
      unit: 'MB',
    }),
  ]
}

function countRows(name, count, most) {
  return [
    messagesRow(`${name}: messages`, count, most),
    { name: `${name}: bytes`, agent: count?.bytes, digits: 0, unit: 'B' },
  ]
}

function messagesRow(name, count, most) {
  const messages = count?.messages
  return {
    name,
    agent: messages,
    digits: 0,
    unit: '',
    ...(most === undefined
      ? {}
      : { aim: most === 0 ? 'none' : `≤ ${most}, each`, isMet: (messages?.most ?? messages) <= most }),
  }
}
