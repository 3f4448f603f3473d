import { readFileSync } from 'node:fs'

import type { Account } from '../account/account.ts'
import type { AccountState } from '../account/account-state.ts'
import { createHttp, type Http } from '../lib/http/http.ts'
import { Liveness } from '../lib/liveness.ts'
import { SaveRetry } from '../lib/storage/save-retry.ts'
import { openStoredFile } from '../lib/storage/stored-file.ts'
import { detach } from '../lib/async/tasks.ts'
import { volatileProblem } from '../lib/storage/volatile-folder.ts'
import { WallClock } from '../lib/wall-clock.ts'
import { Bridge } from '../bridge/bridge.ts'
import { createBroker } from '../mqtt/broker.ts'
import type { Broker } from '../mqtt/types.ts'
import { decodePresets, encodePresets, Presets } from '../bridge/presets.ts'
import type { Health } from '../bridge/state/health.ts'
import { createTopics, type Topics } from '../bridge/topics.ts'
import { createHooks, type Hooks } from '../hooks/hooks.ts'
import type { Runtime } from './runtime.ts'
import type { FiledDisplay } from '../login-display/display.ts'
import { encodeLogin } from '../login-display/login-json.ts'
import { defaultRoutes } from '../amazon-music/routes/default-routes.ts'
import { parsePlayParams } from '../amazon-music/identifiers.ts'
import { machineMark } from './device/recover-device-id.ts'
import { isPageToOpen } from './pages.ts'
import { createMusicClient, type MusicClient } from '../amazon-music/client.ts'
import { readRoutesFile } from '../amazon-music/routes/routes-file.ts'
import type { Engine } from '../playback/engine.ts'
import type { PlaybackEvent } from '../playback/playback-state.ts'
import { maskedSettings } from '../settings/masked-settings.ts'
import type { Settings } from '../settings/table.ts'
import { notBeforeEpochMs, product, version } from '../version.ts'
import { buildAccount } from './account-parts.ts'
import { buildParallelCommands } from './playback/parallel-commands.ts'
import { brokerPlace } from './broker-place.ts'
import { choosePlayer } from './playback/choose-player.ts'
import type { DaemonLog } from './daemon-log.ts'
import { deviceId } from './device/device-id.ts'
import { buildHomeAssistant, homeAssistantPlaces, type HomeAssistant } from './home-assistant-parts.ts'
import { buildLoginDisplays } from './login-parts.ts'
import { buildName } from './device/name-parts.ts'
import { buildPlayback } from './playback/playback-parts.ts'
import { buildService, type ServicePart } from './service-parts.ts'
import { trustedAuthorities } from './trusted-authorities.ts'

export interface Parts {
  readonly http: Http
  readonly api: MusicClient
  readonly health: () => Health
  readonly wallClock: WallClock
  readonly saveRetry: SaveRetry
  readonly account: Account
  readonly engine: Engine
  readonly service: ServicePart | undefined
  readonly parallelCommands: ReturnType<typeof buildParallelCommands>
  readonly topics: Topics
  readonly broker: Broker
  readonly bridge: Bridge
  readonly homeAssistant: HomeAssistant
  /** What they keep ends with the agent. */
  readonly loginFiles: readonly FiledDisplay[]
  readonly hooks: Hooks | undefined
}

/**
 * The agent's parts, each given its neighbours. Nothing runs yet.
 *
 * @param life ends what the parts do beside their loops
 * @throws AppError `settings/invalid` for a routes file that cannot be used
 */
export function buildParts(
  settings: Settings,
  runtime: Runtime,
  { log, publishTo }: DaemonLog,
  restart: () => void,
  onAccount: (state: AccountState) => void,
  life: AbortSignal,
): Parts {
  const { random } = runtime
  const folder = settings.stateDir
  const routes = readRoutes(settings.musicRoutesFile)
  const wallClock = new WallClock({
    clock: runtime.clock,
    notBeforeEpochMs,
    log: log.child('clock'),
    onSet(byMs) {
      account.clockSet(byMs)
      broker.retryNow()
      engine.clockSet(byMs)
      parallelCommands.sleepTimer.clockSet(byMs)
      built.bridge?.clockSet(byMs)
    },
  })
  const clock = wallClock.asSeen
  const ca = trustedAuthorities(settings, runtime.env)
  const http = createHttp(`${product}/${version}`, { judge: wallClock, ...(ca === undefined ? {} : { ca }) })
  const topics = createTopics(settings.baseTopic, settings.deviceName, settings.groups, [
    settings.discoveryPrefix,
    settings.haStatusTopic,
  ])
  let tokenRefreshes = 0
  // The parts speak to the bridge, and it to them: it is built last.
  const built: { bridge?: Bridge; homeAssistant?: HomeAssistant; service?: ServicePart | undefined } = {}
  const liveness = new Liveness()
  const volatile = volatileProblem(folder)
  const saveRetry = new SaveRetry({
    clock,
    log: log.child('state'),
    onChange: (problem) => built.bridge?.stateProblem(problem ?? volatile),
  })
  const id = deviceId(folder, log, saveRetry)
  const places = homeAssistantPlaces(settings, id, topics)

  const broker = createBroker({
    ...brokerPlace(settings),
    clientId: settings.mqttClientId ?? `a2m-${id}`,
    get availabilityTopic() {
      return topics.of('availability')
    },
    get subscriptions() {
      return topics.commandFilters
    },
    get extraSubscriptions() {
      return places().subscriptions
    },
    get claim() {
      return name.claim
    },
    clock,
    dates: wallClock,
    random,
    log: log.child('broker'),
    onMessage(message) {
      name.receive(message)
      built.bridge?.receive(built.homeAssistant?.receive(message) ?? message)
    },
    heartbeat: liveness.join('broker'),
    onConnected() {
      name.connected()
      built.homeAssistant?.connected()
      built.service?.brokerChanged(undefined)
    },
    onRefused: (topic, error) => built.homeAssistant?.refused(topic, error),
    onDisconnected(problem) {
      name.disconnected()
      built.service?.brokerChanged(problem)
    },
  })
  const name = buildName(
    {
      settings,
      deviceId: id,
      topics,
      broker,
      troubles: saveRetry,
      clock,
      log: log.child('broker'),
      onRenamed(problem) {
        built.homeAssistant?.renamed()
        built.bridge?.renamed(problem)
      },
    },
    life,
  )

  const { login, files, showPage } = buildLoginDisplays({
    settings,
    runtime,
    broker,
    topics,
    clock,
    log: log.child('login'),
  })

  const account = buildAccount({
    settings,
    http,
    clock,
    random,
    log: log.child('account'),
    liveness,
    beforeEnd: (over) => engine.leaveAccount(over),
    onSignedOut: () => owner.signedOut(),
    onChange(state) {
      // First: nothing of another account may show, or go out, with what follows.
      if (state.identity !== undefined) owner.signedIn(state.identity)
      login.show(state.login)
      onAccount(state)
      built.bridge?.accountChanged()
      built.service?.changed()
      if (state.identity === undefined) detach(engine.accountLost(), life, () => undefined)
    },
    onEvent(event) {
      if (event.type === 'token_refreshed') tokenRefreshes += 1
      built.bridge?.accountEvent(event)
    },
  })

  const api = createMusicClient({
    http,
    clock,
    random,
    log: log.child('music'),
    musicUrl: settings.musicUrl,
    securityProfileId: settings.securityProfileId,
    deviceId: id,
    locale: settings.locale,
    routes,
    tokens: account.tokens,
    onCall: (failure) => built.bridge?.serviceCalled(failure),
  })

  const player = choosePlayer(settings, runtime, log.child('player'), ca)
  const onPlayback = {
    onChange() {
      built.bridge?.playbackChanged()
      built.service?.changed()
    },
    onEvent: (event: PlaybackEvent) => built.bridge?.playbackEvent(event),
  }
  const { engine, reports, owner } = buildPlayback({
    settings,
    api,
    player,
    http,
    clock,
    random,
    liveness,
    log: log.child('playback'),
    troubles: saveRetry,
    account: account.state.identity,
    ...onPlayback,
    onPlayerProblem(error) {
      built.bridge?.playerProblem(error)
      built.service?.playerChanged(error)
    },
  })

  const parallelCommands = buildParallelCommands({
    settings,
    engine,
    player,
    ca,
    clock,
    log: log.child('playback'),
    ...onPlayback,
  })

  const presets = new Presets(
    openStoredFile({ folder, name: 'presets', decode: decodePresets, encode: encodePresets, log }),
    () => built.homeAssistant?.presetsChanged(),
  )

  const hooks =
    settings.hook &&
    createHooks({
      commandLine: settings.hook,
      timeoutMs: settings.hookSeconds * 1000,
      env: runtime.env,
      signalGroup: runtime.signalGroup,
      clock,
      log: log.child('hook'),
    })

  // Before the bridge: what Home Assistant is told of goes before what it then shows.
  const homeAssistant = buildHomeAssistant({
    settings,
    places,
    topics,
    broker,
    presets,
    canAnnounce: player.name !== 'none',
    clock,
    log: log.child('home-assistant'),
  })
  built.homeAssistant = homeAssistant

  const health = (): Health => ({
    uptime_seconds: Math.round(runtime.uptimeMs() / 1000),
    rss_bytes: runtime.rssBytes(),
    counts: {
      mqtt_reconnects: broker.reconnects,
      mqtt_dropped: broker.dropped,
      api_calls: { ...api.counts.calls },
      api_throttled: api.counts.throttled,
      token_refreshes: tokenRefreshes,
      unsent_events: reports.waiting,
    },
  })

  const machine = machineMark(runtime.facts)
  const bridge = new Bridge(
    {
      topics,
      broker,
      agent: {
        engine,
        api,
        presets,
        playParamsOf: (wish) => parsePlayParams(wish, routes.mrn),
        account,
        restart,
      },
      parallelCommands,
      known: { api, presets, login: () => ({ ...encodeLogin(account.state.login) }) },
      accountState: () => account.state,
      serviceHealth: () => api.condition,
      health,
      info: {
        name: product,
        version,
        contract: 1,
        device_id: id,
        settings: maskedSettings(settings),
        ...(machine === undefined ? {} : { machine }),
      },
      version,
      http,
      clock,
      random,
      log: log.child('bridge'),
      scalars: settings.stateTopics,
      birthTopic: settings.haStatusTopic,
      onEvent: (event) => hooks?.tell(event),
      onState: (state) => homeAssistant.state(state),
      onCover: (picture) => homeAssistant.cover(picture),
      onBirth: () => homeAssistant.born(),
      mayOpen: (url) => isPageToOpen(url, settings.lwaUrl),
      onPage(page) {
        showPage(page)
        built.service?.pageChanged(page)
      },
    },
    life,
  )
  built.bridge = bridge
  bridge.stateProblem(saveRetry.problem ?? volatile)
  const service = buildService({
    settings,
    runtime,
    account,
    broker,
    engine,
    liveness,
    clock,
    log: log.child('service'),
  })
  built.service = service
  login.show(account.state.login)
  publishTo(bridge.logLine, settings.mqttLogLevel)
  return {
    http,
    api,
    health,
    wallClock,
    saveRetry,
    account,
    engine,
    service,
    parallelCommands,
    topics,
    broker,
    bridge,
    homeAssistant,
    loginFiles: files,
    hooks,
  }
}

function readRoutes(path: string | undefined): typeof defaultRoutes {
  return path === undefined
    ? defaultRoutes
    : readRoutesFile(readFileSync(path, 'utf8').replace(/^\ufeff/, ''), defaultRoutes)
}
