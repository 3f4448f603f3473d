import { against, table } from './table.mjs'

const who = { agent: 'agent', alone: 'mpv alone' }
const words = { file: 'file', dash: 'DASH' }

/** The agent with player mpv beside mpv alone. */
export function soundTable(figures, { sound: { streams } }) {
  return table(who, rowsOf(figures, streams))
}

/** @returns {import('./table.mjs').Row[]} */
function rowsOf({ first, silence, idleMb, playingMb, cpuPercent }, streams) {
  return [
    ...streams.map((kind) => {
      const { agent, alone } = first?.[kind] ?? {}
      const isMet = agent?.median - alone?.median <= 150
      const name = `Play command to first sound, ${words[kind]}`
      return against('alone', { name, agent, alone, digits: 0, unit: 'ms', aim: '≤ 150 ms added', isMet })
    }),
    ...streams.map((kind) => {
      const { agent, alone } = silence?.[kind]?.between ?? {}
      const name = `Gap between two tracks, ${words[kind]}`
      const isMet = agent?.most <= 30
      return against('alone', { name, agent, alone, digits: 1, unit: 'ms', aim: '≤ 30 ms, each', isMet })
    }),
    ...streams.map((kind) => {
      const { agent, alone } = silence?.[kind]?.within ?? {}
      return against('alone', {
        name: `Silence within these, ${words[kind]}`,
        agent,
        alone,
        digits: 1,
        unit: 'ms',
      })
    }),
    ...memoryRows('idle', idleMb),
    ...memoryRows('playing', playingMb),
    {
      name: 'CPU while playing, the agent without its mpv',
      agent: cpuPercent?.agent,
      digits: 2,
      unit: '%',
      aim: '< 1 %',
      isMet: cpuPercent?.agent < 1,
    },
    against('alone', {
      name: 'CPU while playing, mpv',
      agent: cpuPercent?.own,
      alone: cpuPercent?.alone,
      digits: 2,
      unit: '%',
    }),
  ]
}

function memoryRows(when, megabytes) {
  const of = { digits: 1, unit: 'MB' }
  return [
    against('alone', {
      name: `Resident memory ${when}, with mpv`,
      agent: megabytes?.agent + megabytes?.own,
      alone: megabytes?.alone,
      ...of,
    }),
    { name: `Resident memory ${when}, without mpv`, agent: megabytes?.agent, ...of },
  ]
}
