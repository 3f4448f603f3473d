import { getServers } from 'node:dns'

import type { Http } from '../lib/http/http.ts'
import { withTimeLimit } from '../lib/async/time-limit.ts'
import { askOwner } from '../control/control-client.ts'
import { probeAgent } from '../diagnostics/probes/agent.ts'
import { askAgent, type AgentAnswer } from '../diagnostics/agent-answer.ts'
import { probeBroker, type BrokerFacts } from '../diagnostics/probes/broker.ts'
import { probeClock } from '../diagnostics/probes/clock.ts'
import { probeProblems } from '../diagnostics/probes/recent-problems.ts'
import { probeLwa } from '../diagnostics/probes/lwa.ts'
import { probeMusic } from '../diagnostics/probes/music.ts'
import { probeNames, resolveName, type Resolved } from '../diagnostics/probes/names.ts'
import { probePlayer } from '../diagnostics/probes/player.ts'
import type { Probe } from '../diagnostics/run-probes.ts'
import { reach, type Reached } from '../diagnostics/service-answer.ts'
import { probeSettings, withoutSettings } from '../diagnostics/probes/settings.ts'
import { probeSound } from '../diagnostics/probes/sound.ts'
import { probeStateFolder } from '../diagnostics/probes/state-folder.ts'
import { hasPasswordCredential, probeUnit } from '../diagnostics/probes/unit.ts'
import { probeVersions } from '../diagnostics/probes/versions.ts'
import type { SettingSources } from '../settings/read-settings.ts'
import type { Runtime } from '../app/runtime.ts'
import { notBeforeEpochMs, product, version } from '../version.ts'
import { askBroker, askedSettings } from './ask-broker.ts'
import { askClient } from './ask-client.ts'
import type { ClockJudge } from './clock-judge.ts'
import { settingsFacts } from './settings-facts.ts'
import { startPlayerOnce } from './start-player-once.ts'
import { usableSettings } from './usable-settings.ts'

/**
 * Time limit of one exchange, which follows the name look-up. It keeps the page within 15 s, whatever does
 * not respond.
 */
const exchangeMs = 6_000

interface Tools {
  readonly http: Http
  readonly judge: ClockJudge
}

/**
 * All probes of `doctor`, in the order of the page. Starts at once what several of them need (name look-ups,
 * exchanges, the request to the running agent), each only once.
 */
export function doctorProbes(
  sources: SettingSources,
  runtime: Runtime,
  tools: Tools,
  signal: AbortSignal,
): readonly Probe[] {
  const { clock, env, nodeVersion } = runtime
  const place = { clock, env }
  const stateDir = usableSettings(sources, ['stateDir'])?.stateDir
  const client = usableSettings(sources, ['lwaClientId', 'locale'])
  const lwa = usableSettings(sources, ['lwaUrl'])
  const music = usableSettings(sources, ['musicUrl'])
  const player = usableSettings(sources, ['player', 'playerCommand', 'audioDevice', 'mixer'])

  const names = new Map<string, Promise<Resolved>>()
  const resolved = (url: URL): Promise<Resolved> => {
    const known = names.get(url.hostname) ?? resolveName(place, url.hostname, signal)
    names.set(url.hostname, known)
    return known
  }
  // These three lines set the order of the host names on the page.
  const broker = brokerFacts(sources, runtime, tools.judge, resolved)
  const reached = reaching(runtime, tools, resolved, signal)
  const lwaReached = reached(lwa?.lwaUrl)
  const musicReached = reached(music?.musicUrl)
  const agent: Promise<AgentAnswer> =
    stateDir === undefined
      ? Promise.resolve({ kind: 'absent' })
      : askAgent((request) => askOwner(stateDir, request, clock, signal))

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
    { title: 'Broker', limitMs: 14_000, run: (say, ending) => probeBroker(broker, say, ending) },
    {
      title: 'Login with Amazon',
      limitMs: 14_000,
      run: (say, ending) => {
        const ask =
          lwa && client && ((until: AbortSignal) => askClient({ ...lwa, ...client }, tools.http, until))
        return probeLwa({ url: lwa?.lwaUrl, reached: lwaReached, askClient: ask, agent }, say, ending)
      },
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
        probePlayer(player && ((until) => startPlayerOnce(player, runtime, until)), say, ending),
    },
    { title: 'Sound cards', limitMs: 5_000, run: (say, ending) => probeSound(place, say, ending) },
    { title: 'Service', limitMs: 6_000, run: (say, ending) => probeUnit(place, say, ending) },
    { title: 'Running agent', limitMs: 12_000, run: (say) => probeAgent(agent, version, say) },
    {
      title: 'Last warnings and errors',
      limitMs: 14_000,
      run: (say, ending) => probeProblems({ ...place, agent }, say, ending),
    },
  ]
}

function brokerFacts(
  sources: SettingSources,
  runtime: Runtime,
  judge: ClockJudge,
  resolved: (url: URL) => Promise<Resolved>,
): BrokerFacts {
  const broker = usableSettings(sources, askedSettings)
  return {
    place: broker && {
      url: broker.mqttUrl,
      hasUser: broker.mqttUsername !== undefined,
      hasPassword: broker.mqttPassword !== undefined,
      hasOwnCa: broker.mqttCaFile !== undefined,
      hasCertificate: broker.mqttCertFile !== undefined,
    },
    resolved: broker && resolved(broker.mqttUrl),
    hasCredential: (ending) => hasPasswordCredential(runtime, ending),
    connect: async (ending) => {
      if (broker === undefined) throw new Error('no broker to connect to')
      return withTimeLimit(runtime.clock, exchangeMs, ending, (until) =>
        askBroker(broker, runtime, judge, until),
      )
    },
  }
}

/** Returns a function that requests the front page of a service once its name is resolved. */
function reaching(
  { clock }: Runtime,
  { http, judge }: Tools,
  resolved: (url: URL) => Promise<Resolved>,
  signal: AbortSignal,
): (url: URL | undefined) => Promise<Reached> | undefined {
  const place = {
    epochMs: () => clock.epochMs(),
    monotonicMs: () => clock.monotonicMs(),
    heardErrorMs: () => judge.heardErrorMs,
    get: (url: URL, ending: AbortSignal) =>
      http.exchange({ method: 'GET', url, timeoutMs: exchangeMs }, ending),
  }
  return (url) => (url === undefined ? undefined : reach(place, url, resolved(url), signal))
}
