import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { Condition } from '../lib/async/condition.ts'
import { AppError } from '../lib/errors.ts'
import { checkWritableAsIs } from '../lib/storage/stored-file.ts'
import type { SaveRetry } from '../lib/storage/save-retry.ts'
import { claimFolder, type ClaimOptions, type Owner } from './owner.ts'
import { isListening, openSocketFolder, ownerSocket } from './socket-path.ts'

/**
 * Failures that may end while the agent runs: a disk that is full, over its quota, failing or mounted
 * read-only.
 */
const transientCodes = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS']
/** Written at the first start: an agent has used a folder that contains it. */
const usedMark = 'device.json'

export interface FolderClaim extends AsyncDisposable {
  /**
   * Resolves when the folder is claimed. Until then it reports the failure to `retry`, which calls for
   * another attempt.
   *
   * @throws AppError `state/owned` when another agent was quicker; the reason of `signal`
   */
  run(retry: Pick<SaveRetry, 'failed' | 'saved'>, signal: AbortSignal): Promise<void>
}

/**
 * As {@link claimFolder}, but a used folder that cannot be written now does not stop the agent: it reads what
 * is there, holds changes in memory, and claims the folder later. A folder that no agent has used is refused:
 * it may be the mount point of a disk that is not mounted yet.
 *
 * @throws AppError as `claimFolder`
 */
export async function claimWhenWritable(options: ClaimOptions, signal: AbortSignal): Promise<FolderClaim> {
  const { folder } = options
  let owner: Owner | undefined
  let problem: AppError | undefined
  try {
    owner = await claimFolder(options, signal)
  } catch (error) {
    if (!isTransient(error) || !existsSync(join(folder, usedMark))) throw error
    if (await isOwned(folder)) {
      throw new AppError('state/owned', `${folder} already has an agent`, { facts: { folder } })
    }
    problem = error
  }
  return {
    async run(retry, runSignal) {
      if (problem === undefined) return
      const again = new Condition()
      while (owner === undefined) {
        retry.failed(folder, problem, () => again.notifyAll())
        await again.wait(runSignal)
        try {
          owner = await claimFolder(options, runSignal)
        } catch (error) {
          if (!isTransient(error)) throw error
          problem = error
        }
      }
      retry.saved(folder)
    },
    async [Symbol.asyncDispose]() {
      await owner?.[Symbol.asyncDispose]()
    },
  }
}

/**
 * Why an agent may run on `folder` although none answers there: the folder was used before and cannot be
 * written now, so an agent started in this condition has not claimed it. Undefined when the folder can be
 * written or was never used.
 */
export function mayBeUnclaimed(folder: string): AppError | undefined {
  if (!existsSync(join(folder, usedMark))) return undefined
  try {
    checkWritableAsIs(folder)
    return undefined
  } catch (error) {
    if (!isTransient(error)) return undefined
    return new AppError(
      error.code,
      `${error.message}. An agent may run all the same: it answers here once the folder can be written; ` +
        'till then its log and its MQTT topics show how it is',
      { facts: error.facts },
    )
  }
}

function isTransient(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    error.code === 'state/unwritable' &&
    transientCodes.some((code) => code === error.facts['reason'])
  )
}

async function isOwned(folder: string): Promise<boolean> {
  const sockets = openSocketFolder(folder)
  try {
    return await isListening(sockets.path(ownerSocket))
  } finally {
    sockets.close()
  }
}
