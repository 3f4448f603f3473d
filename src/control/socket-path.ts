import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

import { AppError } from '../lib/errors.ts'

/** The owner's socket in the state folder. */
export const ownerSocket = 'agent.sock'

/** A sockaddr_un holds 108 bytes on Linux and 104 elsewhere, with a final zero. */
const longestPathBytes = 103
/** Room for the longest socket name (owner.ts). */
const longestNameBytes = 40

/** Socket paths in a folder, however long the folder's own path is. */
export interface SocketFolder {
  path(name: string): string
  close(): void
}

/**
 * A path that is too long for a socket address is reached through an open descriptor of the folder
 * (`/proc/self/fd/<n>/…`), which is short.
 *
 * @throws AppError `state/unwritable` where there is no /proc; errors of Node when the folder cannot be opened
 */
export function openSocketFolder(folder: string): SocketFolder {
  if (Buffer.byteLength(folder) + 1 + longestNameBytes <= longestPathBytes) {
    return { path: (name) => join(folder, name), close: () => undefined }
  }
  if (!existsSync('/proc/self/fd')) {
    throw new AppError(
      'state/unwritable',
      `${folder}: the path is too long for the agent's socket (at most ${longestPathBytes - longestNameBytes - 1} bytes)`,
      { facts: { folder } },
    )
  }
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  return {
    path: (name) => `/proc/self/fd/${descriptor}/${name}`,
    close: () => closeSync(descriptor),
  }
}

/**
 * Whether a process listens at `path`. Only a refused connection and a missing file mean no; any other failure (missing
 * rights, a full backlog of a frozen process) may hide a living agent and counts as yes.
 */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')
    })
  })
}
