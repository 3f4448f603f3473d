import type { MusicClient } from '../amazon-music/client.ts'
import type { Health } from '../bridge/state/health.ts'
import type { Broker } from '../mqtt/types.ts'
import type { ReportQueue } from '../playback/reports/report-queue.ts'
import type { Runtime } from './runtime.ts'

export interface HealthOptions {
  readonly runtime: Pick<Runtime, 'uptimeMs' | 'rssBytes'>
  readonly broker: Broker
  readonly api: MusicClient
  readonly reports: ReportQueue
}

/** Counts since the agent started, for topic `health` and for `doctor`. */
export interface AgentHealth {
  read(): Health
  tokenRefreshed(): void
}

export function createHealth({ runtime, broker, api, reports }: HealthOptions): AgentHealth {
  let tokenRefreshes = 0
  return {
    read: () => ({
      uptime_seconds: Math.round(runtime.uptimeMs() / 1000),
      rss_bytes: runtime.rssBytes(),
      counts: {
        mqtt_reconnects: broker.reconnects,
        mqtt_dropped: broker.dropped,
        api_calls: { ...api.counts.calls },
        api_throttled: api.counts.throttled,
        token_refreshes: tokenRefreshes,
        unsent_events: reports.waiting,
      },
    }),
    tokenRefreshed() {
      tokenRefreshes += 1
    },
  }
}
