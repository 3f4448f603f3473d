import { against, table } from './table.mjs'

const who = { agent: 'agent', relay: 'relay', bare: 'bare Node' }

/** The agent beside the relay and bare Node. */
export function commandTable(figures, sizes) {
  return table(who, rowsOf(figures, sizes))
}

/** @returns {import('./table.mjs').Row[]} */
function rowsOf({ latency, change, rate, start, idle, after, growth }, sizes) {
  return [
    ...latencyRows('Publish to API request', latency, 'request', true),
    ...latencyRows('Publish to answer', latency, 'answer', true),
    ...latencyRows('set/volume to answer (no API call)', change, undefined, false),
    {
      name: 'Commands per second, 32 outstanding',
      agent: rate?.agent,
      relay: rate?.relay,
      digits: 0,
      unit: '/s',
      versus: [rate?.ratio * 100, '%', 0],
      aim: '≥ 70 % of the relay',
      isMet: rate?.ratio >= 0.7,
    },
    against('relay', {
      name: 'CPU per command, 32 outstanding',
      agent: rate?.cpuMs.agent,
      relay: rate?.cpuMs.relay,
      digits: 2,
      unit: 'ms',
    }),
    against('relay', {
      name: 'Spawn to online (bare Node: to its first line)',
      ...of3(start, (value) => value),
      digits: 0,
      unit: 'ms',
      aim: '≤ 400 ms',
      isMet: start?.agent <= 400,
    }),
    against('relay', {
      name: 'Resident memory, idle',
      ...of3(idle, (value) => value.residentMb),
      digits: 1,
      unit: 'MB',
      aim: '≤ 68 MB',
      isMet: idle?.agent.residentMb <= 68,
    }),
    against('relay', {
      name: `Resident memory after ${sizes.commands.toLocaleString('en')} commands`,
      ...of3(after, (value) => value),
      digits: 1,
      unit: 'MB',
    }),
    against('relay', {
      name: 'Growth per 10,000 commands from there on',
      ...of3(growth, (value) => value),
      digits: 1,
      unit: 'MB',
      aim: 'none (≤ 1 MB)',
      isMet: growth?.agent <= 1,
    }),
    against('relay', {
      name: 'CPU while idle',
      ...of3(idle, (value) => value.cpuPercent),
      digits: 3,
      unit: '%',
      aim: '< 0.2 %',
      isMet: idle?.agent.cpuPercent < 0.2,
    }),
    against('relay', {
      name: 'Wake-ups while idle, all threads',
      ...of3(idle, (value) => value.wakeUpsPerMinute),
      digits: 0,
      unit: '/min',
    }),
    against('relay', {
      name: 'Bytes written to disk while idle',
      ...of3(idle, (value) => value.writtenBytes),
      digits: 0,
      unit: 'B',
      aim: '0 B',
      isMet: idle?.agent.writtenBytes === 0,
    }),
    {
      name: 'Files changed in the state folder while idle',
      agent: idle?.changedFiles,
      digits: 0,
      unit: '',
      aim: '0',
      isMet: idle?.changedFiles === 0,
    },
  ]
}

function latencyRows(name, figures, part, hasAim) {
  const of = (who, share) => (part === undefined ? figures?.[who] : figures?.[who]?.[part])?.[share]
  return [
    ['p50', 1],
    ['p99', 5],
  ].map(([share, most]) => {
    const added = of('agent', share) - of('relay', share)
    return {
      name: `${name}, ${share}`,
      agent: of('agent', share),
      relay: of('relay', share),
      digits: 2,
      unit: 'ms',
      versus: [added, 'ms', 2],
      ...(hasAim ? { aim: `≤ ${most} ms added`, isMet: added <= most } : {}),
    }
  })
}

function of3(values, pick) {
  const of = (who) => (values?.[who] === undefined ? undefined : pick(values[who], who))
  return { agent: of('agent'), relay: of('relay'), bare: of('bare') }
}
