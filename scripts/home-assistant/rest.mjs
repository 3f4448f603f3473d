const user = { name: 'Ada', username: 'ada', password: 'correct horse battery staple', language: 'en' }

/**
 * Makes the first user of a new instance, as its first page does.
 *
 * @param {string} url of the instance
 * @returns {Promise<object>} what /auth/token answers
 */
export async function onboard(url) {
  const clientId = `${url}/`
  const { auth_code: code } = await post(`${url}/api/onboarding/users`, { ...user, client_id: clientId })
  const answer = await fetch(`${url}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', code, client_id: clientId }),
    signal: AbortSignal.timeout(10_000),
  })
  if (!answer.ok) throw new Error(`/auth/token: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

/** What a person and the rest of the world can do with an instance over HTTP. */
export function restOf(url, token) {
  const get = (path) => ask(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return {
    /** @returns {Promise<{ state: string, attributes: Record<string, any> } | undefined>} */
    async state(entityId) {
      const answer = await get(`/api/states/${entityId}`)
      return answer.status === 404 ? undefined : (await checked(answer)).json()
    },
    async states() {
      return (await checked(await get('/api/states'))).json()
    },
    /** As the dashboard asks for the picture of an `image` entity. */
    async picture(entityId) {
      const answer = await checked(await get(`/api/image_proxy/${entityId}`))
      return { type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) }
    },
    /** @param {string} path of the instance, such as an `entity_picture` */
    file: async (path) => Buffer.from(await (await checked(await get(path))).arrayBuffer()),
    /** @param {string} action such as `button.press` */
    act: (action, entityId, fields = {}) =>
      post(`${url}/api/services/${action.replace('.', '/')}`, { entity_id: entityId, ...fields }, token),
    /** Goes through an integration's dialogue. @returns {Promise<{ type: string }>} what it shows last */
    async addIntegration(handler, steps) {
      const flows = `${url}/api/config/config_entries/flow`
      let shown = await post(flows, { handler }, token)
      for (const filled of steps) shown = await post(`${flows}/${shown.flow_id}`, filled, token)
      return shown
    },
    /** Adds the integration MQTT as its dialogue does. */
    async addMqtt(broker) {
      const { hostname, port } = new URL(broker)
      const flows = `${url}/api/config/config_entries/flow`
      const form = await post(flows, { handler: 'mqtt' }, token)
      const other = form.data_schema.find(({ type }) => type === 'expandable')
      const filled = { broker: hostname, port: Number(port) }
      // Newer ones fold what few people need into a section, which must be sent as it is shown.
      if (other !== undefined) filled[other.name] = untouched(other.schema)
      const done = await post(`${flows}/${form.flow_id}`, filled, token)
      if (done.type !== 'create_entry') throw new Error(`MQTT was not added: ${JSON.stringify(done)}`)
    },
  }
}

/** What a form says of which nothing was changed. */
function untouched(schema) {
  return Object.fromEntries(
    schema
      .filter(({ required }) => required)
      .map(({ name, default: preset, selector }) => [name, preset ?? selector?.select?.options[0] ?? false]),
  )
}

async function post(address, body, token) {
  const answer = await ask(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  return (await checked(answer)).json()
}

function ask(address, options) {
  return fetch(address, { ...options, signal: AbortSignal.timeout(30_000) })
}

async function checked(answer) {
  if (!answer.ok) throw new Error(`${new URL(answer.url).pathname}: ${answer.status} ${await answer.text()}`)
  return answer
}
