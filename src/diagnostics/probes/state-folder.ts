import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'

import { AppError, toAppError } from '../../lib/errors.ts'
import { readMount } from '../../lib/storage/mount.ts'
import { checkWritableAsIs } from '../../lib/storage/stored-file.ts'
import { failure, type Say } from '../finding.ts'
import { modeText } from './settings.ts'

export interface StateFolderFacts {
  readonly folder: string
  /** Undefined when the setting is unusable. */
  readonly clientId: string | undefined
  readonly nowEpochMs: number
}

const leastFreeMb = 16
const mostFiles = 12

/**
 * Reports owner, file system and files of the state folder, which must keep the sign-in. Shows no content of
 * the files.
 */
export function probeStateFolder({ folder, clientId, nowEpochMs }: StateFolderFacts, say: Say): void {
  const name = 'state folder'
  sayMount(folder, say)
  try {
    const { mode, uid } = statSync(folder)
    say({ mark: 'info', name, words: `${folder}, mode ${modeText(mode)}, user ${uid}` })
    sayWritable(folder, uid, say)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') sayMissing(folder, say)
    else say(notForUs(name, `${folder} cannot be looked at by this user (${code ?? 'failed'})`))
    return
  }
  let files: readonly string[]
  try {
    files = readdirSync(folder).sort()
  } catch {
    say(notForUs('files', 'this user may not see what is in it'))
    return
  }
  for (const file of files.slice(0, mostFiles)) sayFile(join(folder, file), file, nowEpochMs, say)
  if (files.length > mostFiles)
    say({ mark: 'info', name: 'files', words: `and ${files.length - mostFiles} more` })
  sayToken(join(folder, 'tokens.json'), clientId, say)
}

function sayMount(folder: string, say: Say): void {
  let place = folder
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
  try {
    const mount = readMount(folder)
    const { bavail, bsize, ffree, files } = statfsSync(place)
    const freeMb = Math.floor((bavail * bsize) / 1024 / 1024)
    const isFull = freeMb < leastFreeMb || (files > 0 && ffree === 0)
    const where = mount === undefined ? '' : `${mount.kind} at ${mount.point}, `
    say({
      mark: isFull ? 'warn' : 'info',
      name: 'file system',
      words: `${where}${freeMb} MB free${files > 0 ? `, ${ffree} files` : ''}`,
      ...(isFull ? { remedy: 'Make room: a sign-in that cannot be saved is lost at the next start.' } : {}),
    })
    if (mount?.isLostAtReboot === true) {
      say({
        mark: 'warn',
        name: 'file system',
        words: 'what is written there is in memory only, so a reboot loses the sign-in',
        remedy: 'Put A2M_STATE_DIR on a partition that is written to the card.',
      })
    }
  } catch (error) {
    say({ mark: 'info', name: 'file system', words: `not told (${toAppError(error).message})` })
  }
}

function sayWritable(folder: string, owner: number, say: Say): void {
  const me = ownUserId()
  try {
    checkWritableAsIs(folder)
    say({ mark: 'ok', name: 'writable', words: 'a file can be made there and is on the disk' })
    if (me === 0 && owner !== 0) {
      say({
        mark: 'info',
        name: 'writable',
        words: `tried by root, who may everything; user ${owner} owns it`,
      })
    }
  } catch (error) {
    // Not a failure when an ordinary user checks the folder of the service. A folder owned by root is wrong
    // for the service too.
    if (me === owner || owner === 0 || me === 0) say(failure('writable', error))
    else say(notForUs('writable', `it belongs to user ${owner}, and this is user ${me}`))
  }
}

function sayMissing(folder: string, say: Say): void {
  const words = `${folder} is not there`
  let parent = dirname(folder)
  while (!existsSync(parent) && dirname(parent) !== parent) parent = dirname(parent)
  try {
    accessSync(parent, constants.W_OK | constants.X_OK)
    // The permissions of /proc and /sys may allow writing where no file can be created.
    if (/^\/(proc|sys)(\/|$)/.test(parent)) throw new Error(parent)
    say({ mark: 'info', name: 'state folder', words: `${words} yet: the agent makes it at its first start` })
  } catch {
    say(failure('state folder', new AppError('state/unwritable', `${words} and cannot be made in ${parent}`)))
  }
}

function sayFile(path: string, file: string, nowEpochMs: number, say: Say): void {
  try {
    const { mode, size, mtimeMs, uid } = statSync(path)
    const me = ownUserId()
    const foreign = uid === me || me === 0 ? '' : `, user ${uid}`
    say({
      mark: file.includes('.corrupt-') ? 'warn' : 'info',
      name: 'file',
      words: `${file}, mode ${modeText(mode)}, ${size} bytes, ${age(nowEpochMs - mtimeMs)}${foreign}`,
      ...(file.includes('.corrupt-')
        ? { code: 'state/corrupt', remedy: 'A failing SD card is the usual reason.' }
        : {}),
    })
  } catch {
    // Deleted meanwhile.
  }
}

function sayToken(path: string, clientId: string | undefined, say: Say): void {
  const name = 'sign-in'
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const { refresh_token: token, client_id: owner, scopes } = stored as Record<string, unknown>
    if (typeof token !== 'string' || token === '' || typeof owner !== 'string')
      throw new SyntaxError('not a sign-in')
    const list = Array.isArray(scopes) ? scopes.join(' ') : 'not told'
    if (clientId !== undefined && owner !== clientId) {
      const message = `a sign-in is saved, but for another client id (…${owner.slice(-6)})`
      say(failure(name, new AppError('account/signed-out', message), 'warn'))
    } else {
      say({ mark: 'ok', name, words: `saved, for scopes ${list}` })
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      say({
        mark: 'warn',
        name,
        words: 'none is saved',
        code: 'account/signed-out',
        remedy: new AppError('account/signed-out', '').remedy,
      })
    else if (error instanceof SyntaxError || error instanceof TypeError)
      say(failure(name, new AppError('state/corrupt', 'the saved sign-in cannot be read as one')))
    else say(notForUs(name, `tokens.json cannot be read by this user (${code ?? 'failed'})`))
  }
}

/** What this user may not see proves nothing about the agent. */
function notForUs(name: string, words: string): Parameters<Say>[0] {
  return { mark: 'warn', name, words, remedy: "Ask again with sudo, or as the agent's own user." }
}

function age(ms: number): string {
  if (ms < 0) return 'written in the future'
  const minutes = ms / 60_000
  if (minutes < 120) return `${Math.round(minutes)} minutes old`
  return minutes < 48 * 60
    ? `${Math.round(minutes / 60)} hours old`
    : `${Math.round(minutes / 1_440)} days old`
}

/** The user id of this process. Node's userInfo throws if passwd has no entry for it, as in containers. */
export function ownUserId(): number {
  try {
    return statSync('/proc/self').uid
  } catch {
    return userInfo().uid
  }
}
