import { connect } from 'node:net'

/**
 * Whether somebody listens at `path`. Only a refused connection and a missing file say no; whatever else goes wrong
 * (no rights, a full backlog of a frozen process) may hide a living agent, so it counts as yes.
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
