import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'

import type { Clock } from '../lib/clock.ts'
import type { JsonObject } from '../lib/decode.ts'
import { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { makePrivateFolder } from '../lib/storage/private-folder.ts'
import { answerRequests } from './answer-requests.ts'
import { isListening, openSocketFolder, ownerSocket, type SocketFolder } from './socket-path.ts'

export interface ClaimOptions {
  /** Absolute path of the state folder. Created with mode 0700 when missing; a wider mode is tightened. */
  readonly folder: string
  /** Answers a request of the command line (src/control/control-client.ts). What it throws becomes an error answer. */
  readonly onRequest: (name: string) => Promise<JsonObject>
  readonly clock: Clock
  /** Returns [0, 1). */
  readonly random: () => number
  readonly log: Log
}

/** The right to write a state folder, until disposal or the end of the process. */
export type Owner = AsyncDisposable

/** The name of a candidate's own socket, visible to others: `agent.sock.<16 hex digits>`. */
const candidatePrefix = `${ownerSocket}.`
/** The name of the same socket before it listens; others ignore it. */
const hiddenPrefix = `.${ownerSocket}.`
/** Two starters that see each other both withdraw and wait at random; ten collisions are practically impossible. */
const mostContests = 10

/**
 * Claims `<folder>/agent.sock`: the process that listens there is the owner. The kernel closes the socket with the
 * process, so a killed owner leaves no lock, only a dead socket file. Only one of several starters can replace it:
 * docs/decisions/owner-socket.md.
 *
 * @throws AppError `state/owned` when another agent owns the folder, `state/unwritable` when nobody can;
 * the reason of `signal`
 */
export async function claimFolder(options: ClaimOptions, signal: AbortSignal): Promise<Owner> {
  const { folder, clock, random } = options
  const sockets = prepare(folder)
  try {
    for (let contest = 1; contest <= mostContests; contest++) {
      signal.throwIfAborted()
      const claim = await candidate(sockets, options)
      const seen = await others(folder, sockets, claim.name).catch((error: unknown) => {
        claim.withdraw()
        throw unwritable(folder, error)
      })
      if (seen === 'none' && claim.promote()) return claim
      claim.withdraw()
      if (seen === 'owner') break
      await clock.sleep(20 + 200 * random(), signal)
    }
  } catch (error) {
    sockets.close()
    throw error
  }
  sockets.close()
  throw new AppError('state/owned', `${folder} already has an agent`, { facts: { folder } })
}

interface Claim extends Owner {
  readonly name: string
  /** Makes the candidate the owner; false when its socket file has vanished. */
  promote(): boolean
  withdraw(): void
}

/** Listens under its own name, hidden at first: a visible name answers as long as its process lives. */
async function candidate(sockets: SocketFolder, options: ClaimOptions): Promise<Claim> {
  const id = randomBytes(8).toString('hex')
  const hidden = sockets.path(`${hiddenPrefix}${id}`)
  const visible = sockets.path(`${candidatePrefix}${id}`)
  const stop = new AbortController()
  let place = hidden
  let owning = false
  // Half open: a client may close its side before the answer is sent (socat does).
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // Only probing starters connect to a candidate.
    if (owning) answerRequests(socket, options, stop.signal)
    else ignore(socket)
  })
  server.maxConnections = 16

  const leave = (): void => {
    stop.abort()
    // Remove the name first: once the socket is closed another agent may put its own under this name.
    try {
      rmSync(place, { force: true })
    } catch {
      // The file system turned read-only: the next owner replaces the dead socket.
    }
    server.close()
  }

  try {
    await listen(server, hidden)
    server.on('error', (error) => options.log.warn('The control socket failed', { reason: error.message }))
    chmodSync(hidden, 0o600)
    renameSync(hidden, visible)
    place = visible
  } catch (error) {
    leave()
    throw unwritable(options.folder, error)
  }

  return {
    name: `${candidatePrefix}${id}`,
    promote() {
      try {
        renameSync(visible, sockets.path(ownerSocket))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
        leave()
        throw unwritable(options.folder, error)
      }
      place = sockets.path(ownerSocket)
      owning = true
      return true
    },
    withdraw: leave,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.once('close', resolve))
      leave()
      await closed
      sockets.close()
    },
  }
}

/**
 * Whether there is an owner or another candidate. Checks the owner's name last, because a candidate that becomes the
 * owner moves from its own name to that one.
 */
async function others(
  folder: string,
  sockets: SocketFolder,
  own: string,
): Promise<'owner' | 'candidate' | 'none'> {
  let candidates = 0
  for (const name of readdirSync(folder)) {
    if (name === own || !name.startsWith(candidatePrefix)) continue
    if (await isListening(sockets.path(name))) candidates++
    // Names are used once, so a dead one stays dead.
    else rmSync(sockets.path(name), { force: true })
  }
  if (await isListening(sockets.path(ownerSocket))) return 'owner'
  return candidates > 0 ? 'candidate' : 'none'
}

function prepare(folder: string): SocketFolder {
  try {
    makePrivateFolder(folder)
    return openSocketFolder(folder)
  } catch (error) {
    throw unwritable(folder, error)
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function ignore(socket: Socket): void {
  socket.on('error', () => undefined)
  socket.destroy()
}

function unwritable(folder: string, error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = (error as NodeJS.ErrnoException).code ?? 'failed'
  return new AppError('state/unwritable', `${folder} cannot be claimed (${code})`, {
    facts: { folder, reason: code },
  })
}
