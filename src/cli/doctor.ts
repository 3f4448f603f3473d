import { getServers } from 'node:dns'
import { join } from 'node:path'

import { createLwa } from '../account/lwa.ts'
import { createHttp, type Http } from '../base/http.ts'
import { Secret } from '../base/secret.ts'
import { askOwner } from '../control/control-client.ts'
import { brokerSettings } from '../daemon/broker-place.ts'
import { probeAgent } from '../doctor/agent.ts'
import { askAgent, type AgentAnswer } from '../doctor/agent-answer.ts'
import { probeBroker, type BrokerFacts } from '../doctor/broker.ts'
import { probeClock } from '../doctor/clock.ts'
import { probeTroubles } from '../doctor/last-troubles.ts'
import { probeLwa, type ClientVerdict } from '../doctor/lwa.ts'
import { createMask } from '../doctor/mask.ts'
import { probeMusic } from '../doctor/music.ts'
import { probeNames, resolveName, type Resolved } from '../doctor/names.ts'
import { pageJson, pageText } from '../doctor/page.ts'
import { probePlayer } from '../doctor/player.ts'
import { runProbes, type Probe, type Section } from '../doctor/run-probes.ts'
import { reach, type Reached } from '../doctor/service-answer.ts'
import { probeSettings, withoutSettings } from '../doctor/settings.ts'
import { probeSound } from '../doctor/sound.ts'
import { probeStateFolder } from '../doctor/state-folder.ts'
import { hasPasswordCredential, probeUnit } from '../doctor/unit.ts'
import { probeVersions } from '../doctor/versions.ts'
import { readLoginFile } from '../login-display/login-file.ts'
import { commandLine } from '../settings/kinds.ts'
import { readSettings, type SettingSources } from '../settings/read-settings.ts'
import { settingKeys, settingsTable, type SettingKey, type Settings } from '../settings/table.ts'
import type { Surroundings } from '../surroundings.ts'
import { notBeforeEpochMs, product, version } from '../version.ts'
import { askBroker } from './ask-broker.ts'
import { createClockJudge, type ClockJudge } from './clock-judge.ts'
import { exitCodes } from './help.ts'
import { exitCodeOfFinding } from './operators-business.ts'
import { startPlayerOnce } from './start-player-once.ts'

/** Where the package keeps the settings. */
const settingsFile = '/etc/amazonmusic2mqtt/amazonmusic2mqtt.env'

/** One exchange, of those that follow a name's look-up: with it the page is there within 15 s, whatever is dead. */
const exchangeMs = 6_000

export interface DoctorOptions {
  readonly sources: SettingSources
  /** The page for machines. */
  readonly json: boolean
}

/**
 * Prints one page about everything that the agent needs, for people who look for a fault and for a bug report. It
 * tries all it can with whatever settings can be used, and writes nothing but a probe file in the state folder.
 *
 * @returns 0 when nothing on it fails, 78 when the operator has to set something right, else 69
 */
export async function doctor(
  { sources, json }: DoctorOptions,
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const judge = createClockJudge(around)
  const http = createHttp(`${product}/${version}`, judge)
  try {
    const found = await runProbes(probesOf(sources, around, { http, judge }, signal), around.clock, signal)
    const sections = masked(found, createMask(secretsOf(sources)))
    const page = { product, version, atEpochMs: around.clock.epochMs(), sections }
    around.stdout.write(json ? pageJson(page) : pageText(page))
    return exitCodeOf(sections)
  } finally {
    http.close()
  }
}

function probesOf(
  sources: SettingSources,
  around: Surroundings,
  { http, judge }: { readonly http: Http; readonly judge: ClockJudge },
  signal: AbortSignal,
): readonly Probe[] {
  const { clock, env, nodeVersion } = around
  const place = { clock, env }
  const stateDir = part(sources, ['stateDir'])?.stateDir
  const broker = part(sources, brokerSettings)
  const lwa = part(sources, ['lwaUrl'])
  const client = part(sources, ['lwaClientId', 'locale'])
  const music = part(sources, ['musicUrl'])
  const player = part(sources, ['player', 'playerCommand', 'audioDevice', 'mixer'])

  const names = new Map<string, Promise<Resolved>>()
  const resolved = (url: URL): Promise<Resolved> => {
    const known = names.get(url.hostname) ?? resolveName(place, url.hostname, signal)
    names.set(url.hostname, known)
    return known
  }
  const reaching = {
    epochMs: () => clock.epochMs(),
    monotonicMs: () => clock.monotonicMs(),
    heardErrorMs: () => judge.heardErrorMs,
    get: (url: URL, ending: AbortSignal) =>
      http.exchange({ method: 'GET', url, timeoutMs: exchangeMs }, ending),
  }
  const reached = (url: URL | undefined): Promise<Reached> | undefined =>
    url === undefined ? undefined : reach(reaching, url, resolved(url), signal)

  const brokerFacts: BrokerFacts = {
    place: broker && {
      url: broker.mqttUrl,
      hasUser: broker.mqttUsername !== undefined,
      hasPassword: broker.mqttPassword !== undefined,
      hasOwnCa: broker.mqttCaFile !== undefined,
      hasCertificate: broker.mqttCertFile !== undefined,
    },
    resolved: broker && resolved(broker.mqttUrl),
    hasCredential: (ending) => hasPasswordCredential(place, ending),
    connect: async (ending) => {
      if (broker === undefined) throw new Error('no broker to connect to')
      return limited(around, exchangeMs, ending, (within) => askBroker(broker, around, judge, within))
    },
  }
  const lwaReached = reached(lwa?.lwaUrl)
  const musicReached = reached(music?.musicUrl)
  const agent: Promise<AgentAnswer> =
    stateDir === undefined
      ? Promise.resolve({ kind: 'absent' })
      : askAgent((request) => askOwner(stateDir, request, clock, signal))
  const askClient = lwa && client && clientQuestion({ ...lwa, ...client }, http)

  return [
    {
      title: 'Versions',
      limitMs: 5_000,
      run: (say, ending) => probeVersions({ ...place, product, version, nodeVersion }, say, ending),
    },
    { title: 'Settings', limitMs: 5_000, run: (say) => probeSettings(settingsFacts(sources), say) },
    {
      title: 'State folder',
      limitMs: 8_000,
      run(say) {
        if (stateDir === undefined) say(withoutSettings('state folder', 'A2M_STATE_DIR'))
        else
          probeStateFolder(
            { folder: stateDir, clientId: client?.lwaClientId, nowEpochMs: clock.epochMs() },
            say,
          )
      },
    },
    {
      title: 'Clock',
      limitMs: 14_000,
      run: (say, ending) => {
        const errors = [lwaReached, musicReached].map((answer) => answer?.then((found) => found.clockErrorMs))
        return probeClock(
          { ...place, notBeforeEpochMs, errors: errors.filter((error) => error !== undefined) },
          say,
          ending,
        )
      },
    },
    { title: 'Names', limitMs: 8_000, run: (say) => probeNames(names, getServers(), say) },
    { title: 'Broker', limitMs: 14_000, run: (say, ending) => probeBroker(brokerFacts, say, ending) },
    {
      title: 'Login with Amazon',
      limitMs: 14_000,
      run: (say, ending) =>
        probeLwa({ url: lwa?.lwaUrl, reached: lwaReached, askClient, agent }, say, ending),
    },
    {
      title: 'Amazon Music',
      limitMs: 14_000,
      run: (say) => probeMusic({ url: music?.musicUrl, reached: musicReached, agent }, say),
    },
    {
      title: 'Player',
      limitMs: 12_000,
      run: (say, ending) =>
        probePlayer(player && ((within) => startPlayerOnce(player, around, within)), say, ending),
    },
    { title: 'Sound cards', limitMs: 5_000, run: (say, ending) => probeSound(place, say, ending) },
    { title: 'Service', limitMs: 6_000, run: (say, ending) => probeUnit(place, say, ending) },
    { title: 'Running agent', limitMs: 12_000, run: (say) => probeAgent(agent, version, say) },
    {
      title: 'Last warnings and errors',
      limitMs: 14_000,
      run: (say, ending) => probeTroubles({ ...place, agent }, say, ending),
    },
  ]
}

/** Some of the settings, whatever is wrong with the others; undefined when one of them cannot be used. */
function part<K extends SettingKey>(
  { env, flags, facts }: SettingSources,
  keys: readonly K[],
): Pick<Settings, K> | undefined {
  const mine = new Set<string>(keys.map((key) => settingsTable[key].env))
  const others = Object.entries(env).filter(([name]) => !name.startsWith('A2M_') || mine.has(name))
  const given = Object.entries(flags).filter(([key]) => keys.some((known) => known === key))
  try {
    const narrowed = { env: Object.fromEntries(others), flags: Object.fromEntries(given), facts }
    return readSettings(narrowed, keys).settings
  } catch {
    return undefined
  }
}

function settingsFacts(sources: SettingSources): Parameters<typeof probeSettings>[0] {
  const { env, flags, facts } = sources
  return {
    table: settingKeys.map((key) => settingsTable[key]),
    flags: Object.fromEntries(
      settingKeys.flatMap((key) => {
        const flag = flags[key]
        return flag === undefined ? [] : [[settingsTable[key].env, flag]]
      }),
    ),
    env,
    facts,
    isCommandLine: (setting) => setting.parse === commandLine,
    readAll: () => readSettings(sources).notices,
    file: settingsFile,
  }
}

/**
 * A refresh with a token that is none: Amazon refuses a client id that it does not know before it looks at the token.
 * A code pair would show more, but begin a sign-in.
 */
function clientQuestion(
  { lwaUrl, lwaClientId: clientId, locale }: Pick<Settings, 'lwaUrl' | 'lwaClientId' | 'locale'>,
  http: Http,
): (signal: AbortSignal) => Promise<ClientVerdict> {
  const lwa = createLwa({ http, lwaUrl, clientId, locale })
  return async (signal) => {
    const outcome = await lwa.refresh(new Secret('Atzr|no-token-but-a-question-of-doctor'), false, signal)
    if (outcome.kind === 'ok' || outcome.error.code === 'account/revoked') return { kind: 'known' }
    const { error } = outcome
    return { kind: error.code === 'account/client' ? 'refused' : 'untold', error }
  }
}

/** Ends `job` by its signal after `limitMs`. */
async function limited<T>(
  { clock }: Surroundings,
  limitMs: number,
  signal: AbortSignal,
  job: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  clock.sleep(limitMs, AbortSignal.any([signal, done.signal])).then(
    () => late.abort(),
    () => undefined,
  )
  try {
    return await job(AbortSignal.any([signal, late.signal]))
  } finally {
    done.abort()
  }
}

/** All that is secret here and known to be: no line of the page may hold it, whoever wrote it. */
function secretsOf({ env, facts }: SettingSources): readonly string[] {
  const read = (path: string | undefined): string => {
    try {
      return path === undefined || path === '' ? '' : facts.readFile(path).trim()
    } catch {
      return ''
    }
  }
  const [, userInfo = ''] = /^\s*[a-z]+:\/\/([^/\s]*)@/i.exec(env['A2M_MQTT_URL'] ?? '') ?? []
  const password = userInfo.split(':').slice(1).join(':')
  const credentials = env['CREDENTIALS_DIRECTORY']
  const folder = part({ env, flags: {}, facts }, ['stateDir'])?.stateDir
  const login = folder === undefined ? undefined : readLoginFile(folder)
  return [
    ...settingKeys.filter((key) => settingsTable[key].secret).map((key) => env[settingsTable[key].env] ?? ''),
    password,
    decoded(password),
    read(env['A2M_MQTT_PASSWORD_FILE']),
    ...(credentials === undefined ? [] : [read(join(credentials, 'mqtt-password'))]),
    ...(login?.state === 'awaiting_user' ? [login.userCode, login.verificationUriComplete] : []),
  ]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function masked(sections: readonly Section[], mask: (text: string) => string): readonly Section[] {
  return sections.map(({ title, findings }) => ({
    title,
    findings: findings.map((finding) => ({
      ...finding,
      words: mask(finding.words),
      ...(finding.remedy === undefined ? {} : { remedy: mask(finding.remedy) }),
    })),
  }))
}

function exitCodeOf(sections: readonly Section[]): number {
  const failures = sections.flatMap(({ findings }) => findings).filter(({ mark }) => mark === 'FAIL')
  return Math.max(exitCodes.ok[0], ...failures.map(({ code }) => exitCodeOfFinding(code)))
}
