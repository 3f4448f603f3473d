import { AppError } from '../errors.ts'
import { readMount } from './mount.ts'

/**
 * Why what is saved in `folder` will not be there after a reboot (it lies on a tmpfs, or on an overlay whose upper part
 * does), as `state/volatile`; undefined when it will, or when that cannot be told.
 */
export function volatileProblem(folder: string): AppError | undefined {
  const mount = readMount(folder)
  if (mount?.isLostAtReboot !== true) return undefined
  const { kind, point } = mount
  return new AppError(
    'state/volatile',
    `${folder} is in memory only (${kind} at ${point}): the sign-in will be lost when this device restarts`,
    { facts: { folder, kind, point } },
  )
}
