import { randomBytes } from 'node:crypto'

import { field, filledString } from '../../lib/decode.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { SaveRetry } from '../../lib/storage/save-retry.ts'
import { openStoredFile, type StoredFile } from '../../lib/storage/stored-file.ts'

/**
 * The id of this device for the broker, Home Assistant and the service (header X-Amzn-Device-Id, "stable
 * across sessions"): 16 hexadecimal digits, generated once and stored in `device.json`. Independent of the
 * device name.
 */
export function deviceId(folder: string, log: Log, troubles?: SaveRetry): string {
  const file = openDeviceFile(folder, log, troubles)
  if (file.value !== undefined) return file.value
  const made = randomBytes(8).toString('hex')
  try {
    file.save(made)
  } catch (error) {
    log.error(
      'The device id could not be saved: after a restart this will be another device',
      errorFields(error),
    )
  }
  return made
}

/** `device.json`. */
export function openDeviceFile(folder: string, log: Log, troubles?: SaveRetry): StoredFile<string> {
  return openStoredFile<string>({
    folder,
    name: 'device',
    decode: (value, path) => field(value as Record<string, unknown>, 'deviceId', filledString, path),
    encode: (id) => ({ deviceId: id }),
    log,
    ...(troubles === undefined ? {} : { troubles }),
  })
}
