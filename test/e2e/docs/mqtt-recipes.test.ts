import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { wavLength, wavStream } from '../../../src/sandbox/media/wav.ts'
import type { CliProcess } from '../../support/cli-process.ts'
import { eventually } from '../../support/eventually.ts'
import { makeHome, type Answer } from '../../support/built-agent.ts'
import { listen, stop } from '../../support/listen.ts'
import { noMosquitto } from '../../support/mqtt/mosquitto.ts'
import type { Received } from '../../support/mqtt/mqtt-client.ts'
import {
  blocksOf,
  differences,
  recipesOf,
  sectionOf,
  shownJson,
  wordsInColumn,
} from '../../support/recipes.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { requireTool } from '../../support/tools.ts'

const docs = readFileSync(join(import.meta.dirname, '../../../docs/mqtt.md'), 'utf8')
const all = recipesOf(docs)
const isSetting = (line: string): boolean => /^[A-Z]+=/.test(line)
/** What the reader sets, once. */
const settings = all.filter(({ line }) => isSetting(line)).map(({ line }) => line)
const recipes = all.filter(({ line }) => !isSetting(line))
const ofSignIn = 'Account and login'
/** While nobody has signed in yet; a sign-in takes seconds. */
const inOrder = [
  ...recipes.filter(({ heading }) => heading === ofSignIn),
  ...recipes.filter(({ heading }) => heading !== ofSignIn),
]
const prefix = /^P=(\S+)/m.exec(settings.join('\n'))?.[1] ?? ''
const skip = noMosquitto || requireTool('mosquitto_pub') || requireTool('mpv')

test('every command, settable key and request has a recipe in docs/mqtt.md', () => {
  const has = (word: string, ...forms: readonly string[]): void =>
    assert.ok(
      recipes.some(({ line }) => forms.some((form) => `${line} `.includes(form))),
      `${word} has none`,
    )
  const verbs = wordsInColumn(sectionOf(docs, 'Commands'), 0)
  const keys = wordsInColumn(sectionOf(docs, 'Settable keys'), 0)
  const requests = wordsInColumn(sectionOf(docs, 'Requests'), 0)
  assert.ok(verbs.length >= 18 && keys.length >= 6 && requests.length >= 13, 'the tables were read')
  for (const verb of verbs) has(verb, `$P/command -m ${verb} `, `"command":"${verb}"`)
  for (const key of keys) has(key, `$P/set/${key} -m`)
  for (const request of requests) has(request, `$P/request/${request} `)
  has('get', '$P/get ')
})

test(
  'the recipes in docs/mqtt.md work as they stand there, and topics are as it says',
  { skip },
  async (t) => {
    const house = await documentedHouse(t)
    for (const { heading, line, shown } of inOrder) {
      await house.prepare(heading)
      await t.test(line, async () => {
        const printed = await house.follow(line)
        if (printed === undefined) return
        const answer = JSON.parse(printed) as Answer
        if (shown === undefined) assert.equal(answer.status, 'ok', printed)
        else assert.deepEqual(differences(shownJson(shown), answer), [], printed)
      })
    }

    await t.test('the topics and their keys are those of the docs', async () => {
      const table = sectionOf(docs, 'What the agent publishes')
        .split('\n')
        .flatMap((row) => {
          const [, name = '', , retained = '', qos = ''] = row.split(/(?<!\\)\|/).map((cell) => cell.trim())
          return name.startsWith('`') ? [{ name: name.slice(1, -1), retained, qos }] : []
        })
      const rowOf = (topic: string): (typeof table)[number] | undefined => {
        const name = topic.slice(prefix.length + 1)
        return table.find((row) => new RegExp(`^${row.name.replace(/<\w+>/, '[^/]+')}$`).test(name))
      }
      for (const { topic } of house.said())
        assert.ok(rowOf(topic) !== undefined, `${topic} is not in the docs`)
      for (const { name } of table)
        assert.ok(
          house.said().some(({ topic }) => rowOf(topic)?.name === name),
          `${name} is never published`,
        )
      const stored = await house.stored()
      assert.ok(stored.length > 30, `stored.length > 30: ${stored.length}`)
      for (const { topic, qos } of stored)
        assert.deepEqual([topic, rowOf(topic)?.retained, rowOf(topic)?.qos], [topic, 'yes', `${qos}`])

      const latest = (name: string): Readonly<Record<string, unknown>> => house.latest(name)
      // `account`: `{"state","linked"}`, in a table or in a sentence.
      const shapes = [...docs.matchAll(/`(\w+)`(?::| *\|) *`(\{"[^`]+\})`/g)]
      assert.ok(shapes.length >= 5, `shapes.length >= 5: ${shapes.length}`)
      for (const [, name = '', shape = ''] of shapes) {
        const keys = [...shape.matchAll(/"(\w+)"/g)].map(([, key]) => key)
        const actual = Object.keys(latest(name))
        const found = shape.includes('…}') ? actual.filter((key) => keys.includes(key)) : actual
        assert.deepEqual(found.sort(), keys.sort(), `topic ${name}`)
      }
      const stateKeys = wordsInColumn(sectionOf(docs, '`state`'), 0)
      assert.deepEqual(Object.keys(latest('state')), stateKeys)
      const [login] = blocksOf(docs, 'json')
      assert.deepEqual(
        Object.keys(latest('login')),
        Object.keys(JSON.parse(login?.text ?? '') as object),
        'topic login',
      )
      const entry = /entries: ([^|]*)/.exec(docs)?.[1] ?? ''
      assert.deepEqual(
        Object.keys(latest('queue')['current'] as object),
        [...entry.matchAll(/`(\w+)`/g)].map(([, key]) => key),
        'entries of the queue',
      )

      const documented = [...sectionOf(docs, 'Events').matchAll(/`([a-z_]+)`/g)].map(([, type]) => type)
      const events = house.said().filter(({ topic }) => topic === `${prefix}/event`)
      const types = new Set(
        events.map(({ text }) => {
          const { event_type: type, at } = JSON.parse(text) as Record<string, string>
          assert.ok(documented.includes(type), `event ${type} is not in the docs`)
          assert.equal(Number.isNaN(Date.parse(at ?? '')), false)
          return type
        }),
      )
      assert.ok(types.size >= 8, [...types].join(' '))
    })
  },
)

interface House {
  /** Makes so what the docs take for granted: music plays, or, where they speak of the sign-in, a code waits. */
  prepare(heading: string): Promise<void>
  /** Pastes a line; gives the answer, undefined where there is none to come. */
  follow(line: string): Promise<string | undefined>
  /** All that the agent has said. */
  said(): readonly Received[]
  /** The JSON that a topic said last, for the login while a code waited. */
  latest(name: string): Readonly<Record<string, unknown>>
  /** What the broker keeps. */
  stored(): Promise<readonly Received[]>
}

/** The device of the docs, with a shell beside it. */
async function documentedHouse(t: TestContext): Promise<House> {
  const home = await makeHome(t)
  const witness = await home.visit()
  const said = (): readonly Received[] =>
    witness.inbox.left.filter(
      ({ topic }) => topic.startsWith(`${prefix}/`) && !/\/(command|get|set|request)(\/|$)/.test(topic),
    )
  const last = (name: string): Received | undefined =>
    said().findLast(({ topic }) => topic === `${prefix}/${name}`)
  const sound = createServer((_, response) => {
    response.setHeader('content-type', 'audio/wav')
    wavStream(5, { toneHz: 440, swell: false }, 0, wavLength(5) - 1).pipe(response)
  })
  const soundUrl = await listen(sound)
  t.after(() => stop(sound))

  const folder = tempFolder(t)
  await mkdir(join(folder, '.config'))
  for (const name of ['mosquitto_pub', 'mosquitto_sub', 'mosquitto_rr'])
    await writeFile(join(folder, '.config', name), `-p ${home.broker.port}\n`)
  const before = settings
    .map((line) => line.replace(/^SOUND=\S+/, `SOUND=${soundUrl}/doorbell.wav`))
    .join('\n')
  const paste = async (line: string): Promise<string> => {
    const endless = /^mosquitto_sub (?!.*-C )/.test(line)
    return new Promise((resolve, reject) => {
      const child = execFile(
        'sh',
        ['-ec', `${before}\n${endless ? 'exec ' : ''}${line}`],
        { cwd: folder, env: { HOME: folder, PATH: process.env['PATH'] }, timeout: 30_000 },
        (error, stdout, stderr) => {
          if (error !== null && !endless) reject(new Error(`${line}: ${error.message} ${stderr}`))
          else resolve(stdout)
        },
      )
      if (endless)
        child.stdout?.on('data', (text: string) => text.includes('/state ') && child.kill('SIGINT'))
    })
  }

  let agent: CliProcess
  const start = async (): Promise<void> => {
    const seen = said().length
    agent = home.start({
      env: {
        A2M_BASE_TOPIC: prefix.split('/')[0] ?? '',
        A2M_DEVICE_NAME: prefix.split('/')[1] ?? '',
        A2M_GROUPS: 'downstairs',
        A2M_MQTT_LOG_LEVEL: 'info',
        A2M_PLAYER: 'mpv',
        A2M_AUDIO_DEVICE: 'null',
      },
    })
    await eventually('the agent is online', () =>
      said()
        .slice(seen)
        .some(({ topic, text }) => topic.endsWith('/availability') && text === 'online'),
    )
  }
  let asked = 0
  const ask = async (topic: string, payload: object): Promise<Answer> => {
    const transaction = `mine-${++asked}`
    await home.client.publish(`${prefix}/${topic}`, JSON.stringify({ ...payload, transaction }))
    const { text } = await home.client.next(
      `${prefix}/#`,
      (message) => message.text.includes(`"${transaction}"`) && message.topic !== `${prefix}/${topic}`,
    )
    return JSON.parse(text) as Answer
  }
  const isLinked = (): boolean => last('account')?.text.includes('"linked":true') === true
  const showCode = async (): Promise<void> => {
    if (last('login/status')?.text === 'pending') return
    // Who has signed out wants no code until he says so.
    if (last('account')?.text.includes('"state":"signed_out"') === true)
      await ask('command', { command: 'login' })
    await eventually('a code', () => last('login/status')?.text === 'pending')
  }
  await start()

  return {
    said,
    async prepare(heading) {
      if (heading === ofSignIn) return showCode()
      if (!isLinked()) {
        await showCode()
        home.sandbox.control.approve()
        await eventually('the sign-in', () => last('account')?.text.includes('"state":"signed_in"') === true)
      }
      const played = await ask('request/play', { query: 'velvet orchard', type: 'album' })
      assert.equal(played.status, 'ok', JSON.stringify(played))
      // Not the first track, so that there is one before it.
      assert.equal((await ask('command', { command: 'next' })).status, 'ok')
    },
    async follow(line) {
      const seen = said().length
      const printed = await paste(line)
      const [program] = line.split(' ')
      if (program === 'mosquitto_rr') return printed
      if (program === 'mosquitto_sub') {
        const file = / > (\S+)$/.exec(line)?.[1]
        assert.ok(
          (file === undefined ? printed.length : readFileSync(join(folder, file)).length) > 0,
          '(file === undefined ? printed.length : readFileSync(join(folder, file)).length) > 0',
        )
        return undefined
      }
      if (line.includes('$P/get ')) {
        await eventually('the picture again', () =>
          said()
            .slice(seen)
            .some(({ topic }) => topic === `${prefix}/info`),
        )
        return undefined
      }
      const request = /\$P\/request\/(\w+)/.exec(line)?.[1]
      const answer = await home.client.next(
        `${prefix}/${request === undefined ? 'result' : `response/${request}`}`,
      )
      if (request === 'announce')
        await eventually('the sound', () =>
          said()
            .slice(seen)
            .some(
              ({ text }) => text.includes('announcement_started') && text.includes(new URL(soundUrl).host),
            ),
        )
      if (line.endsWith(' logout')) await eventually('it is signed out', () => !isLinked())
      if (line.endsWith(' restart')) {
        assert.equal((await agent.ended()).code, 0)
        await start()
      }
      return answer.text
    },
    latest(name) {
      const found = said().findLast(
        ({ topic, text }) =>
          topic === `${prefix}/${name}` && (name !== 'login' || text.includes('awaiting_user')),
      )
      return JSON.parse(found?.text ?? 'null') as Readonly<Record<string, unknown>>
    },
    async stored() {
      const late = await home.visit()
      await late.publish('marker', 'x')
      await late.next('marker')
      return late.inbox.left.filter(({ retain }) => retain)
    },
  }
}
