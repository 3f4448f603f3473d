// npm run docs [-- --check]: writes what is made from tables in src (docs/errors.md, docs/music-routes.md, .env.example,
// and the settings table in README.md between its two markers). With --check it writes nothing and fails when something differs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { format, resolveConfig } from 'prettier'

import { errorCodes, type ErrorKind } from '../src/lib/error-codes.ts'
import { defaultRoutes } from '../src/amazon-music/routes/default-routes.ts'
import type { Setting } from '../src/settings/setting.ts'
import { flagOf, settingKeys, settingsTable } from '../src/settings/table.ts'
import { settingsFile } from './lib/settings-file.ts'

const root = resolve(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')

const kindsInWords: Readonly<Record<ErrorKind, string>> = {
  config: 'for whoever set the agent up',
  unauthorized: 'for the user of the Amazon account',
  rejected: 'for the sender of the command',
  throttled: 'too much at a time',
  unavailable: 'network or a service; tried again by itself',
  protocol: 'an answer that could not be understood; tried again by itself',
  internal: 'a fault of the agent or its device',
}

function errorsPage(): string {
  const entries = Object.entries(errorCodes).map(
    ([code, { kind, cause, remedy }]) =>
      `### \`${code}\`\n\n**Cause:** ${escaped(cause)}\n\n**Remedy:** ${escaped(remedy)}\n\n*${kind}: ${kindsInWords[kind]}*\n`,
  )
  return [
    '<!-- Made by `npm run docs` from src/lib/error-codes.ts. -->',
    '# Error codes\n',
    'Every error the agent shows, in its log, in answers over MQTT (`error.code`) and when it ends, has one of these codes. Codes are never renamed.\n',
    ...entries,
  ].join('\n')
}

function settingsMarkdown(): string {
  const rows = settingKeys.map((key) => {
    const { env, required, secret, defaultText, doc }: Setting<unknown> = settingsTable[key]
    const flag = secret ? '' : `\`--${flagOf(env)}\``
    const preset = required ? '**required**' : defaultText === '' ? '' : inCode(key, defaultText)
    return `| \`${env}\` | ${flag} | ${preset} | ${escaped(doc)} |`
  })
  return ['| variable | flag | default | |', '|---|---|---|---|', ...rows].join('\n')
}

/** A default that is a value is shown as one; one in words is not. */
function inCode(key: keyof typeof settingsTable, defaultText: string): string {
  return key === 'deviceName' ? defaultText : `\`${defaultText}\``
}

function escaped(text: string): string {
  return text.replace(/[|*<]/g, (sign) => `\\${sign}`)
}

function envExample(): string {
  return settingsFile(
    '# Made by `npm run docs` from src/settings/table.ts. Copy it to .env (node --env-file=.env) or to\n' +
      '# /etc/amazonmusic2mqtt/amazonmusic2mqtt.env (systemd), and fill in what has no "#" before it.\n',
    { openRequired: true },
  )
}

function routesPage(): string {
  const { operations, audioHeaders, words, mrn, limits } = defaultRoutes
  const rows = Object.entries(operations).map(
    ([name, { method, path, scope, evidence }]) =>
      `| \`${name}\` | ${method} | \`${path}\` | \`${scope}\` | ${evidence} |`,
  )
  return [
    '<!-- Made by `npm run docs` from src/amazon-music/routes/default-routes.ts. -->',
    '# Routes of the music API, and how to change them\n',
    'Approved partners hold the full reference of the Amazon Music Web API; the public knows parts of it. Whatever the agent sends stands in one table, with its evidence: `documented` on an Amazon page, `reported` by a third party, `inferred` by us. `A2M_MUSIC_ROUTES_FILE` names a JSON file that replaces any part of it, without a change of code.\n',
    '```json\n{ "operations": { "getPlaybackQueue": { "path": "/v1/playback/sessions/{sessionId}/queue" } } }\n```\n',
    'In a path, `{name}` is an argument. In a body, a text `"$name"` is replaced by the argument of that name, and its key is left out when there is none. An audio header set to `null` is not sent. All problems of a file are reported at once, and an answer `music/route` means that the service has no such route.\n',
    '## Operations\n',
    '| operation | method | path | scope | evidence |\n|---|---|---|---|---|',
    ...rows,
    '\n## The whole table\n',
    `\`\`\`json\n${JSON.stringify({ operations, audioHeaders, words, mrn, limits }, undefined, 2)}\n\`\`\``,
  ].join('\n')
}

const markers = ['<!-- settings:begin -->', '<!-- settings:end -->'] as const

/** @throws Error when README.md has lost a marker */
function readme(): string {
  const before = readFileSync(join(root, 'README.md'), 'utf8')
  const begin = before.indexOf(markers[0])
  const end = before.indexOf(markers[1])
  if (begin < 0 || end < begin) throw new Error(`README.md has no "${markers.join('" … "')}"`)
  return `${before.slice(0, begin + markers[0].length)}\n\n${settingsMarkdown()}\n\n${before.slice(end)}`
}

const different: string[] = []
for (const [name, make] of [
  ['docs/errors.md', errorsPage],
  ['docs/music-routes.md', routesPage],
  ['.env.example', envExample],
  ['README.md', readme],
] as const) {
  const path = join(root, name)
  const made = make()
  const wanted = name.endsWith('.md')
    ? await format(made, { ...(await resolveConfig(path)), filepath: path })
    : made
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) continue
  different.push(name)
  if (!isCheck) writeFileSync(path, wanted)
}

if (isCheck && different.length > 0) {
  console.error(`${different.join(', ')}: not as made from src. Run: npm run docs`)
  process.exitCode = 1
} else {
  console.error(different.length === 0 ? 'All docs are up to date.' : `Wrote ${different.join(', ')}.`)
}
