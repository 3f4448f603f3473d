import type { Account } from '../account.ts'
import type { Entry } from './entry.ts'
import type { Queue } from './queue.ts'

/** A playback session: one queue and what the client reported about it. Times are readings of the monotonic clock. */
export interface Session {
  id: string
  readonly account: Account
  readonly clientId: string
  /** `X-Amzn-Device-Id` of the device that created it. */
  readonly deviceId: string
  readonly createdAtMs: number
  touchedAtMs: number
  /** `lapsed`: not found until restored. `forgotten`: not found, and nothing brings it back. */
  state: 'live' | 'lapsed' | 'forgotten'
  readonly isStation: boolean
  readonly queue: Queue
  /** Every entry whose `metricId` a client has seen, by that id: only those can be reported. */
  readonly handedOut: Map<string, Entry>
  /** Between its start report and its stop report; null when nothing plays. */
  playing: { readonly entry: Entry; readonly deviceId: string } | null
  /** What was ever reported, by the `metricId` it has now. */
  readonly reported: Set<string>
  lastReportEpochMs: number
  /** The client skipped although no skip was left; Get Next is refused until it starts something. */
  overskipped: boolean
}
