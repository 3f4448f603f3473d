import { once } from 'node:events'
import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { end } from '../bench/processes.mjs'
import { freePort, startAgent, startBrokerOn, startSandbox } from '../bench/stage.mjs'
import { writeConfiguration } from './configuration.mjs'
import { universalPlayer } from './documented.mjs'
import { connectEar } from './ear.mjs'
import { startFront } from './front.mjs'
import { startHass } from './hass.mjs'
import { onboard, restOf } from './rest.mjs'
import { openSocket } from './socket.mjs'
import { until } from '../lib/until.mjs'
import { pictureOf } from './picture.mjs'

const device = 'kitchen'
const base = 'amazonmusic2mqtt'

/**
 * A house with a new Home Assistant that knows a broker and nothing else, and an agent that was never signed in; the
 * agent is not started yet.
 *
 * @param {import('./install.mjs').HomeAssistant} homeAssistant
 * @param {string} main the bundle
 */
export async function openHouse(homeAssistant, main) {
  const folder = join(homeAssistant.folder, 'house')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const port = await freePort()
  const brokerUrl = `mqtt://127.0.0.1:${port}`
  let broker = await startBrokerOn(port, folder)
  const ear = await connectEar(brokerUrl, `${base}/${device}`)
  const sandbox = await startSandbox(main)
  const front = await startFront(sandbox.url)

  const configFolder = join(folder, 'config')
  const url = await writeConfiguration(configFolder, universalPlayer())
  let hass = await startHass(homeAssistant, configFolder)
  const tokens = await onboard(url)
  const rest = restOf(url, tokens.access_token)
  await rest.addMqtt(brokerUrl)
  let socket = await openSocket(url, tokens.access_token)
  // It would go back to its usual port after five minutes.
  await socket.ask('http/config/promote')
  const logs = []
  let agent

  const house = {
    url,
    tokens,
    rest,
    ear,
    sandbox,
    front,
    ask: (type, fields) => socket.ask(type, fields),
    listen: (type, fields, listener) => socket.listen(type, fields, listener),
    /** @type {Record<string, string>} entity id by key of component */
    entities: {},
    /** @param {Record<string, string>} [settings] others than usual */
    startAgent(settings = {}) {
      agent = startAgent({
        main,
        folder: join(folder, 'agent'),
        broker: brokerUrl,
        sandbox,
        name: device,
        // Home Assistant runs beside the agent, and so do the sounds that it announces.
        settings: {
          A2M_BASE_TOPIC: base,
          A2M_MUSIC_URL: front.url,
          A2M_ANNOUNCE_HOSTS: 'localhost,127.0.0.1',
          ...settings,
        },
      })
    },
    killAgent() {
      agent.kill('SIGKILL')
    },
    stopAgent: () => end(agent),
    /** A broker that forgets everything. */
    async restartBroker() {
      const gone = once(broker, 'exit')
      broker.kill('SIGKILL')
      await gone
      ear.forget()
      broker = await startBrokerOn(port, folder)
    },
    async restartHomeAssistant() {
      await socket.close()
      await hass.stop()
      logs.push(hass.log())
      hass = await startHass(homeAssistant, configFolder)
      socket = await openSocket(url, tokens.access_token)
    },
    /** Puts a custom integration where Home Assistant looks for it, as HACS does, and restarts. */
    async addIntegration({ folder: from, domain, byLine }) {
      cpSync(from, join(configFolder, 'custom_components', domain), { recursive: true })
      if (byLine) appendFileSync(join(configFolder, 'configuration.yaml'), `${domain}:\n`)
      await house.restartHomeAssistant()
    },
    /** Of all its lives. */
    log: () => [...logs, hass.log()].join('\n'),
    state: async (key) => (await rest.state(house.entities[key]))?.state,
    attributes: async (key) => (await rest.state(house.entities[key]))?.attributes,
    /** Resolves once an entity shows `wanted`. */
    shows: (key, wanted, withinMs) =>
      until(
        `${key} ${wanted}`,
        async () => (await house.state(key)) === String(wanted),
        withinMs,
        () => house.state(key),
      ),
    press: (key) => rest.act('button.press', house.entities[key]),
    /** @returns {Promise<string[]>} each entity that shows something else than the agent says */
    async differences() {
      const states = new Map((await rest.states()).map((one) => [one.entity_id, one.state]))
      return Object.entries(pictureOf(ear)).flatMap(([key, wanted]) => {
        const there = states.get(house.entities[key])
        const isRight =
          wanted === undefined ? there !== undefined && there !== 'unavailable' : there === wanted
        return isRight ? [] : [`${key}: ${there}, not ${wanted ?? 'available'}`]
      })
    },
    /** Resolves once Home Assistant shows what the agent says, all of it. */
    wholePicture: (withinMs) =>
      until(
        'the whole picture',
        async () => ear.text('availability') === 'online' && (await house.differences()).length === 0,
        withinMs,
        () => house.differences(),
      ),
    async close() {
      writeFileSync(join(folder, 'home-assistant.log'), house.log())
      front.close()
      await socket.close().catch(() => undefined)
      await ear.end()
    },
  }
  return house
}
