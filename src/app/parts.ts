import { readFileSync } from 'node:fs'

import type { Account } from '../account/account.ts'
import { createMusicClient, type MusicClient } from '../amazon-music/client.ts'
import { parsePlayParams } from '../amazon-music/identifiers.ts'
import { defaultRoutes } from '../amazon-music/routes/default-routes.ts'
import { readRoutesFile } from '../amazon-music/routes/routes-file.ts'
import { Bridge } from '../bridge/bridge.ts'
import { decodePresets, encodePresets, Presets } from '../bridge/presets.ts'
import { createTopics, type Topics } from '../bridge/topics.ts'
import { createHooks, type Hooks } from '../hooks/hooks.ts'
import type { AppError } from '../lib/errors.ts'
import { createHttp, type Http } from '../lib/http/http.ts'
import { Liveness } from '../lib/liveness.ts'
import type { Log } from '../lib/log.ts'
import { SaveRetry } from '../lib/storage/save-retry.ts'
import { openStoredFile } from '../lib/storage/stored-file.ts'
import { volatileProblem } from '../lib/storage/mount.ts'
import { WallClock } from '../lib/wall-clock.ts'
import { encodeLogin } from '../login-display/login-json.ts'
import type { Broker } from '../mqtt/types.ts'
import type { Engine } from '../playback/engine.ts'
import { maskedSettings } from '../settings/masked-settings.ts'
import type { Settings } from '../settings/table.ts'
import { notBeforeEpochMs, product, version } from '../version.ts'
import { buildAccount } from './account-parts.ts'
import { buildBroker } from './broker-parts.ts'
import { deviceId } from './device/device-id.ts'
import type { NamePart } from './device/name-parts.ts'
import { machineMark } from './device/recover-device-id.ts'
import { createEvents, type AgentEvents } from './events.ts'
import { createHealth, type AgentHealth } from './health.ts'
import { buildHomeAssistant, homeAssistantPlaces, type HomeAssistant } from './home-assistant-parts.ts'
import { buildLoginDisplays, type LoginParts } from './login-parts.ts'
import { isPageToOpen } from './pages.ts'
import { choosePlayer } from './playback/choose-player.ts'
import { buildParallelCommands } from './playback/parallel-commands.ts'
import type { OwnerWatch } from './playback/playback-files.ts'
import { buildPlayback } from './playback/playback-parts.ts'
import type { Runtime } from './runtime.ts'
import { buildService, type ServicePart } from './service-parts.ts'
import { trustedAuthorities } from './trusted-authorities.ts'

/** The parts of the agent; wiring.ts connects them. */
export interface Parts {
  readonly events: AgentEvents
  readonly http: Http
  readonly api: MusicClient
  readonly health: AgentHealth
  readonly wallClock: WallClock
  readonly saveRetry: SaveRetry
  /** Why the state folder will be lost; undefined: it lasts. */
  readonly volatile: AppError | undefined
  readonly account: Account
  readonly owner: OwnerWatch
  readonly engine: Engine
  readonly service: ServicePart | undefined
  readonly parallelCommands: ReturnType<typeof buildParallelCommands>
  readonly topics: Topics
  readonly broker: Broker
  readonly name: NamePart
  readonly bridge: Bridge
  readonly homeAssistant: HomeAssistant
  readonly login: LoginParts['login']
  readonly showPage: LoginParts['showPage']
  /** Removed when the agent ends. */
  readonly loginFiles: LoginParts['files']
  readonly hooks: Hooks | undefined
}

/**
 * Builds the agent's parts in order of their dependencies. Nothing runs or is connected yet: what a part
 * emits meanwhile waits in {@link AgentEvents}.
 *
 * @param restart ends the agent so that it is started again
 * @param life aborts background tasks of the parts
 * @throws AppError `settings/invalid` for a routes file that cannot be used
 */
export function buildParts(
  settings: Settings,
  runtime: Runtime,
  log: Log,
  restart: () => void,
  life: AbortSignal,
): Parts {
  const { random } = runtime
  const folder = settings.stateDir
  const routes = readRoutes(settings.musicRoutesFile)
  const events = createEvents()
  const wallClock = new WallClock({
    clock: runtime.clock,
    notBeforeEpochMs,
    log: log.child('clock'),
    onSet: events.clockSet.emit,
  })
  const clock = wallClock.asSeen
  const ca = trustedAuthorities(settings, runtime.env)
  const http = createHttp(`${product}/${version}`, { judge: wallClock, ...(ca === undefined ? {} : { ca }) })
  const topics = createTopics(settings.baseTopic, settings.deviceName, settings.groups, [
    settings.discoveryPrefix,
    settings.haStatusTopic,
  ])
  const liveness = new Liveness()
  const saveRetry = new SaveRetry({ clock, log: log.child('state'), onChange: events.saveProblem.emit })
  const id = deviceId(folder, log, saveRetry)
  const places = homeAssistantPlaces(settings, id, topics)

  const { broker, name } = buildBroker(
    {
      settings,
      deviceId: id,
      topics,
      places,
      events,
      saveRetry,
      liveness,
      clock,
      dates: wallClock,
      random,
      log: log.child('broker'),
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
    // Not an event, because the account waits for it.
    beforeEnd: (over) => engine.leaveAccount(over),
    onSignedOut: events.signedOut.emit,
    onChange: events.accountChanged.emit,
    onEvent: events.accountEvent.emit,
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
    onCall: events.serviceCalled.emit,
  })

  const player = choosePlayer(settings, runtime, log.child('player'), ca)
  const { engine, reports, owner } = buildPlayback({
    settings,
    api,
    player,
    http,
    clock,
    random,
    liveness,
    log: log.child('playback'),
    saveRetry,
    account: account.state.identity,
    onChange: events.playbackChanged.emit,
    onEvent: events.playbackEvent.emit,
    onPlayerProblem: events.playerProblem.emit,
  })
  const parallelCommands = buildParallelCommands({
    settings,
    engine,
    player,
    ca,
    clock,
    log: log.child('playback'),
    onChange: events.playbackChanged.emit,
    onEvent: events.playbackEvent.emit,
  })

  const presets = new Presets(
    openStoredFile({ folder, name: 'presets', decode: decodePresets, encode: encodePresets, log }),
    events.presetsChanged.emit,
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

  const health = createHealth({ runtime, broker, api, reports })
  const machine = machineMark(runtime.facts)
  const bridge = new Bridge(
    {
      topics,
      broker,
      agent: {
        engine,
        api,
        presets,
        playParamsOf: (request) => parsePlayParams(request, routes.mrn),
        account,
        restart,
      },
      parallelCommands,
      known: { api, presets, login: () => ({ ...encodeLogin(account.state.login) }) },
      accountState: () => account.state,
      serviceHealth: () => api.condition,
      health: () => health.read(),
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
      mayOpen: (url) => isPageToOpen(url, settings.lwaUrl),
    },
    life,
  )
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
  return {
    events,
    http,
    api,
    health,
    wallClock,
    saveRetry,
    volatile: volatileProblem(folder),
    account,
    owner,
    engine,
    service,
    parallelCommands,
    topics,
    broker,
    name,
    bridge,
    homeAssistant,
    login,
    showPage,
    loginFiles: files,
    hooks,
  }
}

function readRoutes(path: string | undefined): typeof defaultRoutes {
  return path === undefined
    ? defaultRoutes
    : readRoutesFile(readFileSync(path, 'utf8').replace(/^\ufeff/, ''), defaultRoutes)
}
