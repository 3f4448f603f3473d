import { createHash } from 'node:crypto'

import type { Clock } from '../../lib/clock.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { withTimeLimit } from '../../lib/async/time-limit.ts'
import { lookForInfo } from '../../bridge/identity/look-for-info.ts'
import { createTopics } from '../../bridge/topics.ts'
import type { Facts } from '../../settings/setting.ts'
import type { Settings } from '../../settings/table.ts'
import { product } from '../../version.ts'
import { brokerPlace } from '../broker-place.ts'
import { openDeviceFile } from './device-id.ts'

const limitMs = 6_000

/**
 * Identifies this machine in `info`: a digest of systemd's machine id and the serial number of the board,
 * which must not be published themselves. Undefined without a machine id, as in most containers.
 */
export function machineMark(facts: Pick<Facts, 'readFile'>): string | undefined {
  const read = (path: string): string => {
    try {
      return facts.readFile(path).replaceAll('\0', '').trim()
    } catch {
      return ''
    }
  }
  const machine = read('/etc/machine-id')
  if (machine === '') return undefined
  const serial = read('/proc/device-tree/serial-number')
  return createHash('sha256').update([product, machine, serial].join('\n')).digest('hex').slice(0, 16)
}

/**
 * Recovers a lost device id from the retained `info` under this name, if it comes from this very machine and
 * no device answers there now.
 */
export async function recoverDeviceId(
  settings: Settings,
  facts: Facts,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const mark = machineMark(facts)
  const file = openDeviceFile(settings.stateDir, log)
  if (file.value !== undefined || mark === undefined) return
  const topics = createTopics(settings.baseTopic, settings.deviceName, [], [])
  try {
    const clientId = `a2m-look-${mark}`
    const place = {
      ...brokerPlace(settings),
      clientId,
      availabilityTopic: topics.of('availability'),
      clock,
    }
    const found = await withTimeLimit(clock, limitMs, signal, (until) => lookForInfo(place, topics, until))
    const id = found?.info['device_id']
    if (found === undefined || found.isAlive || found.info['machine'] !== mark) return
    if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return
    file.save(id)
    log.info('The device id was lost, and is taken back from the broker', { device: settings.deviceName })
  } catch (error) {
    log.debug('The device id could not be looked for at the broker', errorFields(error))
  }
}
