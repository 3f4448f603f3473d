/**
 * One row: its name, the figure of each, how agent and relay differ, and what is aimed at.
 *
 * @typedef {{ name: string, agent: number, relay?: number, bare?: number, digits: number, unit: string,
 *   versus?: [value: number, unit: string, digits: number], aim?: string, isMet?: boolean }} Row
 */

/** @returns {{ text: string, isComplete: boolean }} a Markdown table, and whether every figure is there */
export function table(figures, sizes) {
  const rows = rowsOf(figures, sizes)
  const isComplete = rows.every(({ name: _, ...row }) =>
    [row.agent, 'relay' in row ? row.relay : 0, 'bare' in row ? row.bare : 0].every(Number.isFinite),
  )
  const cells = rows.map((row) => [
    row.name,
    ...['agent', 'relay', 'bare'].map((who) => (who in row ? figure(row[who], row.unit, row.digits) : '—')),
    row.versus === undefined ? '—' : difference(...row.versus),
    row.aim ?? '—',
    row.aim === undefined ? '—' : Number.isFinite(row.agent) ? (row.isMet ? 'yes' : 'no') : '?',
  ])
  const head = ['figure', 'agent', 'relay', 'bare Node', 'agent against relay', 'aim', 'met']
  const widths = head.map((word, n) =>
    Math.max(...[word, ...cells.map((row) => row[n])].map(({ length }) => length)),
  )
  const line = (row) => `| ${row.map((cell, n) => cell.padEnd(widths[n])).join(' | ')} |`
  const text = [
    line(head),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...cells.map(line),
  ].join('\n')
  return { text, isComplete }
}

/** @returns {Row[]} */
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
    against({
      name: 'CPU per command, 32 outstanding',
      agent: rate?.cpuMs.agent,
      relay: rate?.cpuMs.relay,
      digits: 2,
      unit: 'ms',
    }),
    against({
      name: 'Spawn to online (bare Node: to its first line)',
      ...of3(start, (value) => value),
      digits: 0,
      unit: 'ms',
      aim: '≤ 400 ms',
      isMet: start?.agent <= 400,
    }),
    against({
      name: 'Resident memory, idle',
      ...of3(idle, (value) => value.residentMb),
      digits: 1,
      unit: 'MB',
      aim: '≤ 68 MB',
      isMet: idle?.agent.residentMb <= 68,
    }),
    against({
      name: `Resident memory after ${sizes.commands.toLocaleString('en')} commands`,
      ...of3(after, (value) => value),
      digits: 1,
      unit: 'MB',
    }),
    against({
      name: 'Growth per 10,000 commands from there on',
      ...of3(growth, (value) => value),
      digits: 1,
      unit: 'MB',
      aim: 'none (≤ 1 MB)',
      isMet: growth?.agent <= 1,
    }),
    against({
      name: 'CPU while idle',
      ...of3(idle, (value) => value.cpuPercent),
      digits: 3,
      unit: '%',
      aim: '< 0.2 %',
      isMet: idle?.agent.cpuPercent < 0.2,
    }),
    against({
      name: 'Wake-ups while idle, all threads',
      ...of3(idle, (value) => value.wakeUpsPerMinute),
      digits: 0,
      unit: '/min',
    }),
    against({
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

function against(row) {
  return { ...row, versus: [row.agent - row.relay, row.unit, row.digits] }
}

function figure(value, unit, digits) {
  return Number.isFinite(value) ? `${trimmed(value, digits)} ${unit}`.trim() : 'not measured'
}

/** A share stands as it is, a difference with its sign. */
function difference(value, unit, digits) {
  if (!Number.isFinite(value)) return 'not measured'
  const sign = unit === '%' && digits === 0 ? '' : value >= 0 ? '+' : ''
  return `${sign}${trimmed(value, digits)} ${unit}`
}

function trimmed(value, digits) {
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−')
}
