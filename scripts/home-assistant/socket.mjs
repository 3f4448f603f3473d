import { once } from 'node:events'

import { within } from '../bench/processes.mjs'

/**
 * Home Assistant's WebSocket API.
 *
 * @param {string} url of the instance
 * @param {string} token
 */
export async function openSocket(url, token) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/websocket`)
  const waiting = new Map()
  const listeners = new Map()
  let asked = 0
  const greeted = new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data)
      if (message.type === 'auth_required') {
        socket.send(JSON.stringify({ type: 'auth', access_token: token }))
      } else if (message.type === 'auth_ok') resolve()
      else if (message.type === 'auth_invalid') reject(new Error(message.message))
      else if (message.type === 'result') waiting.get(message.id)?.(message)
      else if (message.type === 'event') listeners.get(message.id)?.(message.event)
    })
    socket.addEventListener('error', () => reject(new Error('the WebSocket cannot be opened')))
  })
  await within('the WebSocket', greeted, 10_000)
  const ask = async (type, fields, listener) => {
    const id = ++asked
    const answer = new Promise((resolve) => waiting.set(id, resolve))
    if (listener !== undefined) listeners.set(id, listener)
    socket.send(JSON.stringify({ id, type, ...fields }))
    const { success, result, error } = await within(type, answer, 30_000)
    waiting.delete(id)
    if (!success) throw new Error(`${type}: ${error.code}: ${error.message}`)
    return result
  }
  return {
    /** @returns {Promise<any>} the result of a command, such as `config/entity_registry/list` */
    ask: (type, fields = {}) => ask(type, fields),
    /** For commands such as `subscribe_trigger`. @param {(event: any) => void} listener is called for all that comes */
    listen: (type, fields, listener) => ask(type, fields, listener),
    async close() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}
