import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  chmodSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

import Conf from 'conf'

import { object, type Decoder, type JsonObject } from '../decode.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import { makePrivateFolder } from './private-folder.ts'
import type { SaveRetry } from './save-retry.ts'

/**
 * A small JSON object on disk that survives power cuts. The whole value stays in memory; the disk is read
 * once.
 */
export interface StoredFile<T> {
  /** The last value saved, in this run or an earlier one; undefined when there is none. */
  readonly value: T | undefined
  /** Saves all or nothing; the value is on the disk when this returns. @throws AppError `state/unwritable` */
  save(value: T): void
  /** Removes the value, its previous copy and the files set aside. @throws AppError `state/unwritable` */
  clear(): void
}

export interface StoredFileOptions<T> {
  /** Absolute path of the state folder. Created with mode 0700 when missing; a wider mode is tightened. */
  readonly folder: string
  /** File name without `.json`. */
  readonly name: string
  readonly decode: Decoder<T>
  readonly encode: (value: T) => JsonObject
  readonly log: Log
  /** Notified of each save; retries those that failed. */
  readonly troubles?: Pick<SaveRetry, 'failed' | 'saved'>
}

/**
 * Opens `<folder>/<name>.json` (mode 0600 from its first byte). A save copies the current file to
 * `<name>.previous.json`, writes and syncs a temporary file, renames it over the old one and syncs the
 * folder: a kill or a power cut at any step leaves the old value or the new one. There are always two files,
 * because a card may lose a file after it reported the write as done: a value that was saved only once is
 * copied, and a lost file is restored from the other. A file that cannot be read as a `T` is set aside as
 * `<name>.corrupt-<n>.json` and logged, and the previous copy is used if it is sound. Never throws.
 */
export function openStoredFile<T>(options: StoredFileOptions<T>): StoredFile<T> {
  const { folder, name, decode, encode, log, troubles } = options
  const path = join(folder, `${name}.json`)
  const previousPath = join(folder, `${name}.previous.json`)

  const read = (fileName: string): T | undefined => {
    if (!existsSync(join(folder, `${fileName}.json`))) return undefined
    // conf's constructor throws a bare SyntaxError when the file is not JSON.
    return decode(object(open(folder, fileName).store, fileName), fileName)
  }

  /** Whether the file exists and holds a value. */
  const isSound = (fileName: string): boolean => {
    try {
      return read(fileName) !== undefined
    } catch {
      return false
    }
  }
  const restore = (from: string, to: string): void => {
    replaceByCopy(from, to)
    syncFolder(folder)
    sound = true
  }

  let value: T | undefined
  let conf: Conf | undefined
  /** Whether the current file may become the previous copy. */
  let sound = true
  tryTo(() => makePrivateFolder(folder))
  tryTo(() => tidy(folder, name))
  try {
    value = read(name)
  } catch {
    const aside = setAside(folder, name)
    sound = aside !== null
    try {
      value = read(`${name}.previous`)
    } catch {
      // Both copies are bad: start as if there were none.
    }
    log.error('A state file could not be read and was set aside', {
      code: 'state/corrupt',
      file: path,
      setAside: aside,
      previousCopyUsed: value !== undefined,
    })
  }
  // After a crash between two renames, or with the file set aside, only the previous copy is left.
  if (value === undefined) tryTo(() => (value = read(`${name}.previous`)))
  if (value !== undefined) {
    if (!sound || !existsSync(path)) tryTo(() => restore(previousPath, path))
    else if (!isSound(`${name}.previous`)) tryTo(() => restore(path, previousPath))
  }

  const writing = (step: () => void, again: () => void): void => {
    try {
      makePrivateFolder(folder)
      step()
      syncFolder(folder)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'failed'
      tryTo(() => tidy(folder, name))
      const failure = new AppError('state/unwritable', `${path} could not be written (${code})`, {
        facts: { file: path },
      })
      troubles?.failed(path, failure, again)
      throw failure
    }
    troubles?.saved(path)
  }

  const file: StoredFile<T> = {
    get value() {
      return value
    },
    save(next) {
      writing(
        () => {
          const keepsCopy = existsSync(path) && sound
          if (keepsCopy) replaceByCopy(path, previousPath)
          // It could not be set aside, and conf reads the existing file before it writes.
          if (!sound) rmSync(path, { force: true })
          conf ??= open(folder, name)
          const content = encode(next)
          conf.store = { ...content }
          if (!holds(conf, content)) {
            // conf's writer does not check how much was written: a disk that fills up midway truncates the
            // file without an error (measured with conf 15.1, atomically 2.1).
            if (keepsCopy) renameSync(previousPath, path)
            else rmSync(path)
            throw errorOf('ENOSPC')
          }
          sound = true
          if (!keepsCopy && !isSound(`${name}.previous`)) tryTo(() => replaceByCopy(path, previousPath))
        },
        () => file.save(next),
      )
      value = next
    },
    clear() {
      writing(
        () => {
          // The previous copy first: a crash in between must not restore a value that was cleared.
          rmSync(previousPath, { force: true })
          rmSync(path, { force: true })
          for (const left of filesOf(folder, name)) rmSync(join(folder, left), { force: true })
        },
        () => file.clear(),
      )
      conf = undefined
      sound = true
      value = undefined
    },
  }
  return file
}

/** Whether something can be saved there now. Tried for real: rights, full disks and read-only mounts all show. */
export function checkWritable(folder: string): void {
  tryWriting(folder, makePrivateFolder)
}

/**
 * Like {@link checkWritable}, but changes nothing: does not create a missing folder or tighten a wider mode.
 */
export function checkWritableAsIs(folder: string): void {
  tryWriting(folder, () => undefined)
}

/** More than any state file holds before the first playback. */
const probeBytes = 4_096

function errorOf(code: string): Error {
  return Object.assign(new Error('short write'), { code })
}

function tryWriting(folder: string, prepare: (folder: string) => void): void {
  const probe = join(folder, '.write-probe')
  try {
    prepare(folder)
    const file = openSync(probe, 'w', 0o600)
    try {
      // A full disk still accepts an empty file.
      if (writeSync(file, Buffer.alloc(probeBytes)) < probeBytes) throw errorOf('ENOSPC')
      fsyncSync(file)
    } finally {
      closeSync(file)
      rmSync(probe)
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'failed'
    throw new AppError('state/unwritable', `${folder} cannot be written (${code})`, {
      facts: { folder, reason: code },
    })
  }
}

function open(folder: string, configName: string): Conf {
  return new Conf({
    cwd: folder,
    configName,
    fileExtension: 'json',
    configFileMode: 0o600,
    clearInvalidConfig: false,
  })
}

function holds(conf: Conf, content: JsonObject): boolean {
  try {
    return JSON.stringify(conf.store) === JSON.stringify(content)
  } catch {
    return false
  }
}

/** All files that belong to `name`. */
function filesOf(folder: string, name: string): readonly string[] {
  return readdirSync(folder).filter((file) => file.startsWith(`${name}.`))
}

/**
 * Removes conf's temporary files (`<name>.json.tmp-*`), which outlive a kill and hold the value that was
 * being saved. Tightens the mode of files that somebody copied here with a wider one.
 */
function tidy(folder: string, name: string): void {
  for (const file of filesOf(folder, name)) {
    const path = join(folder, file)
    if (file.startsWith(`${name}.json.tmp-`) || file.endsWith('.json.new')) rmSync(path)
    else chmodSync(path, 0o600)
  }
}

/** The new path of the file, or null when it could not be moved. */
function setAside(folder: string, name: string): string | null {
  let n = 1
  while (existsSync(join(folder, `${name}.corrupt-${n}.json`))) n++
  const aside = join(folder, `${name}.corrupt-${n}.json`)
  try {
    renameSync(join(folder, `${name}.json`), aside)
    return aside
  } catch {
    return null
  }
}

function replaceByCopy(from: string, to: string): void {
  const copy = `${to}.new`
  try {
    copyFileSync(from, copy)
    chmodSync(copy, 0o600)
    syncPath(copy)
    renameSync(copy, to)
  } catch (error) {
    tryTo(() => rmSync(copy, { force: true }))
    throw error
  }
}

function syncFolder(folder: string): void {
  syncPath(folder)
}

function syncPath(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** For steps whose failure the next save reports. */
function tryTo(step: () => unknown): void {
  try {
    step()
  } catch {
    // The next save reports it.
  }
}
