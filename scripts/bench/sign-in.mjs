import { setTimeout as sleep } from 'node:timers/promises'

import { end, within } from './processes.mjs'

/** The least command with an API call in it. */
export const call = JSON.stringify({ operation: 'getActiveSessions' })

/** The codes that somebody has allowed or is about to: several agents may sign in at a time. */
const allowed = new Set()

/** The first sign-in, by code; the agent then ends and leaves it in its folder. */
export async function signIn(name, begin, sender, sandbox) {
  const online = sender.online(name)
  const child = begin()
  await within(`${name} online`, online, 20_000, child)
  const approved = async () => {
    for (;;) {
      const codes = await sandbox.call('GET', '/control/codes')
      const code = codes.find(({ state, userCode }) => state === 'pending' && !allowed.has(userCode))
      if (code !== undefined) {
        allowed.add(code.userCode)
        return sandbox.call('POST', '/control/codes/approve', { userCode: code.userCode })
      }
      await sleep(50)
    }
  }
  await within('a code', approved(), 10_000, child)
  await within(`${name} signed in`, answered(name, sender), 20_000, child)
  await end(child)
}

/** Resolves once its calls go through: then it has its token. */
export async function answered(name, sender) {
  while (!isOk(await sender.command(`bench/${name}/request/call`, call))) await sleep(100)
}

export function isOk({ payload }) {
  return payload.toString('latin1', 0, 14) === '{"status":"ok"'
}
