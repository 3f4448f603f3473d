import { createLog } from '../../lib/log.ts'
import { openStoredFile } from '../../lib/storage/stored-file.ts'
import { object } from '../../lib/decode.ts'
import { mayBeUnclaimed } from '../../control/claim-when-writable.ts'
import { askOwner } from '../../control/control-client.ts'
import { claimFolder } from '../../control/owner.ts'
import { openPlaybackFiles, removeAccountFiles } from '../../app/playback/playback-files.ts'
import { readSettings, type SettingSources } from '../../settings/read-settings.ts'
import { exitCodes } from '../help.ts'
import type { Runtime } from '../../app/runtime.ts'

const farewell = [
  'The sign-in is forgotten on this device.',
  'To end it at Amazon too, remove the app in your Amazon account: Login with Amazon has no way to do it from here.',
  '',
].join('\n')

/**
 * Forgets the sign-in. A running agent does it itself; otherwise deletes the file. @throws AppError `state/*`
 */
export async function logout(
  sources: SettingSources,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<number> {
  const { stateDir: folder } = readSettings(sources, ['stateDir']).settings
  const { clock, random } = runtime
  const running = await askOwner(folder, 'logout', clock, signal)
  if (running === undefined) {
    const unclaimed = mayBeUnclaimed(folder)
    if (unclaimed !== undefined) throw unclaimed
    const log = createLog({ level: 'warn', write: (line) => runtime.stderr.write(line), pretty: true })
    const onRequest = (): Promise<never> => Promise.reject(new Error('logging out'))
    const owner = await claimFolder({ folder, onRequest, clock, random, log }, signal)
    try {
      openStoredFile({ folder, name: 'tokens', decode: object, encode: (value) => value, log }).clear()
      removeAccountFiles(openPlaybackFiles(folder, log))
    } finally {
      await owner[Symbol.asyncDispose]()
    }
  }
  runtime.stdout.write(farewell)
  return exitCodes.ok[0]
}
