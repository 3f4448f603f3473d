import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { Condition } from '../lib/async/condition.ts'
import { AppError } from '../lib/errors.ts'
import type { SaveRetry } from '../lib/storage/save-retry.ts'
import { claimFolder, type ClaimOptions, type Owner } from './owner.ts'
import { isListening } from './probe.ts'
import { openSocketFolder, ownerSocket } from './socket-path.ts'

/** What may pass while the agent runs: a disk that is full, over its quota, failing or mounted read-only. */
const passing = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS']
/** Made at the first start of all: where it lies an agent has been before. */
const sign = 'device.json'

export interface FolderClaim extends AsyncDisposable {
  /**
   * Ends once the folder is claimed. Until then it is a problem of `troubles`, which tries again.
   *
   * @throws AppError `state/owned` when another agent was quicker; the reason of `signal`
   */
  run(troubles: Pick<SaveRetry, 'failed' | 'saved'>, signal: AbortSignal): Promise<void>
}

/**
 * As {@link claimFolder}; but a folder that was used before and cannot be written now is no reason to stay silent: the
 * agent runs on what it can read, keeps the rest in memory, and claims the folder later. A folder without a trace of an
 * agent is refused: it may be the place where a disk is still to be mounted.
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
    if (!mayPass(error) || !existsSync(join(folder, sign))) throw error
    if (await isOwned(folder)) {
      throw new AppError('state/owned', `${folder} already has an agent`, { facts: { folder } })
    }
    problem = error
  }
  return {
    async run(troubles, runSignal) {
      if (problem === undefined) return
      const again = new Condition()
      while (owner === undefined) {
        troubles.failed(folder, problem, () => again.notifyAll())
        await again.wait(runSignal)
        try {
          owner = await claimFolder(options, runSignal)
        } catch (error) {
          if (!mayPass(error)) throw error
          problem = error
        }
      }
      troubles.saved(folder)
    },
    async [Symbol.asyncDispose]() {
      await owner?.[Symbol.asyncDispose]()
    },
  }
}

function mayPass(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    error.code === 'state/unwritable' &&
    passing.some((code) => code === error.facts['reason'])
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
