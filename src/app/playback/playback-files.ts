import { isSameAccount, unnamedSignIn, type AccountIdentity } from '../../lib/account-identity.ts'
import { field, filledString, object, optional, type Decoder, type JsonObject } from '../../lib/decode.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { SaveRetry } from '../../lib/storage/save-retry.ts'
import { openStoredFile, type StoredFile } from '../../lib/storage/stored-file.ts'
import type { PlaybackReport } from '../../amazon-music/api.ts'
import {
  decodeLastMoment,
  decodeLastSession,
  decodeReports,
  encodeLastMoment,
  encodeLastSession,
  encodeReports,
  type LastMoment,
  type LastSession,
} from '../../playback/resume/stored-forms.ts'

/** The files of playback, and the account that they belong to. */
export interface PlaybackFiles {
  readonly reports: StoredFile<readonly PlaybackReport[]>
  readonly lastSession: StoredFile<LastSession>
  readonly lastMoment: StoredFile<LastMoment>
  /** The account that the other files belong to, except volume and mute. File `account.json`. */
  readonly owner: StoredFile<AccountIdentity>
}

export function openPlaybackFiles(folder: string, log: Log, troubles?: SaveRetry): PlaybackFiles {
  const common = { folder, log, ...(troubles === undefined ? {} : { troubles }) }
  return {
    reports: openStoredFile({ ...common, name: 'reports', decode: decodeReports, encode: encodeReports }),
    lastSession: openStoredFile({
      ...common,
      name: 'session',
      decode: decodeLastSession,
      encode: encodeLastSession,
    }),
    lastMoment: openStoredFile({
      ...common,
      name: 'playback',
      decode: decodeLastMoment,
      encode: encodeLastMoment,
    }),
    owner: openStoredFile({ ...common, name: 'account', decode: decodeIdentity, encode: encodeIdentity }),
  }
}

/** Deletes the account's data. Volume and mute stay: they belong to the device. */
export function removeAccountFiles({ reports, lastSession, lastMoment, owner }: PlaybackFiles): void {
  reports.clear()
  lastSession.clear()
  const { value } = lastMoment
  lastMoment.clear()
  if (value !== undefined) lastMoment.save({ ...value, playing: undefined, unreported: undefined })
  owner.clear()
}

export interface OwnerWatch {
  /** Call when this account is in use from now on. */
  signedIn(account: AccountIdentity): void
  /** Call when the user has signed out. */
  signedOut(): void
}

/**
 * Ensures that data of one account is never used with another.
 *
 * @param forget deletes all data of an account, in memory and on the disk
 */
export function watchOwner(files: PlaybackFiles, forget: () => void, log: Log): OwnerWatch {
  const { owner, reports, lastSession, lastMoment } = files
  let present = owner.value

  const isAnythingLeft = (): boolean =>
    present !== undefined ||
    reports.value !== undefined ||
    lastSession.value !== undefined ||
    lastMoment.value?.playing !== undefined
  const write = (step: () => void): void => {
    try {
      step()
    } catch (error) {
      // save-retry.ts logs it. After a restart the agent may then delete data needlessly.
      log.debug('Whose playback is kept could not be saved', errorFields(error))
    }
  }

  return {
    signedIn(account) {
      // Earlier versions did not store the owner: their files belong to the sign-in on the disk.
      const former = present ?? { signInId: unnamedSignIn, userId: undefined }
      if (!isSameAccount(former, account) && isAnythingLeft()) {
        log.info('What another account has left is discarded')
        forget()
      }
      const isSaved = present?.signInId === account.signInId && present.userId === account.userId
      present = account
      if (!isSaved) write(() => owner.save(account))
    },
    signedOut() {
      forget()
      present = undefined
      write(() => owner.clear())
    },
  }
}

const decodeIdentity: Decoder<AccountIdentity> = (value, path) => {
  const source = object(value, path)
  return {
    signInId: field(source, 'sign_in_id', optional(filledString), path) ?? unnamedSignIn,
    userId: field(source, 'user_id', optional(filledString), path),
  }
}

function encodeIdentity({ signInId, userId }: AccountIdentity): JsonObject {
  return { ...(signInId === unnamedSignIn ? {} : { sign_in_id: signInId }), user_id: userId ?? null }
}
