/**
 * One row: its name, the figure of each who has one under their name, how the agent differs from another, and what is
 * aimed at. A figure taken many times is its median with the least and the most of them.
 *
 * @typedef {{ median: number, least: number, most: number }} Spread
 * @typedef {{ name: string, digits: number, unit: string, versus?: [value: number, unit: string, digits: number],
 *   aim?: string, isMet?: boolean } & Record<string, number | Spread | undefined>} Row
 */

/**
 * @param {Record<string, string>} who those that are compared, by the key of their figure in a row: agent and the one
 *   it is held against first
 * @param {readonly Row[]} rows
 * @returns {{ text: string, isComplete: boolean }} a Markdown table, and whether every figure is there
 */
export function table(who, rows) {
  const keys = Object.keys(who)
  const isComplete = rows.every((row) =>
    keys.every((key) => !(key in row) || Number.isFinite(middle(row[key]))),
  )
  const cells = rows.map((row) => [
    row.name,
    ...keys.map((key) => (key in row ? figure(row[key], row.unit, row.digits) : '—')),
    row.versus === undefined ? '—' : difference(...row.versus),
    row.aim ?? '—',
    row.aim === undefined ? '—' : Number.isFinite(middle(row.agent)) ? (row.isMet ? 'yes' : 'no') : '?',
  ])
  const [agent, other] = Object.values(who)
  const head = ['figure', ...Object.values(who), `${agent} against ${other}`, 'aim', 'met']
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

/** The row with what the agent has more than `other`. */
export function against(other, row) {
  return { ...row, versus: [middle(row.agent) - middle(row[other]), row.unit, row.digits] }
}

/** @param {number | Spread | undefined} value */
function middle(value) {
  return typeof value === 'object' ? value.median : value
}

function figure(value, unit, digits) {
  if (!Number.isFinite(middle(value))) return 'not measured'
  const text = `${trimmed(middle(value), digits)} ${unit}`.trim()
  if (typeof value !== 'object') return text
  return `${text} (${trimmed(value.least, digits)}–${trimmed(value.most, digits)})`
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
