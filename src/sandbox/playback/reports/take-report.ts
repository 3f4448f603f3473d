import type { Caller } from '../../music/caller.ts'
import type { MusicWorld } from '../../music/music-world.ts'
import type { Entry } from '../queue.ts'
import type { PlaybackEvent } from './playback-event.ts'
import type { Session } from '../sessions.ts'

/** Records a report and its violations, and updates the session. */
export function takeReport(
  music: MusicWorld,
  caller: Caller,
  session: Session,
  entry: Entry,
  event: PlaybackEvent,
): void {
  const atMs = music.clock.monotonicMs()
  const ids = { atMs, sessionId: session.id, entityReferenceId: entry.referenceId }
  const violate = (what: string): void => music.reports.violations.add({ ...ids, what })
  const { id: entityId, title } = entry.playable
  const report = { ...ids, entityId, title, deviceId: caller.deviceId, event }
  music.reports.accepted.add(report)
  session.touchedAtMs = atMs
  if (event.clientTimestampInMilliseconds < session.lastReportEpochMs) {
    violate('the timestamp is earlier than that of the report before')
  }
  session.lastReportEpochMs = event.clientTimestampInMilliseconds
  if (event.type === 'start') {
    music.reports.unfinished.set(entry, report)
    start(music, caller, session, entry, violate)
  } else if (isRefusal(event) && !wasStarted(music, session, entry)) {
    // The client skips an entry that never played: the position moves as if it had started (inferred).
    if (session.playing === null) session.queue.moveTo(entry)
  } else {
    music.reports.unfinished.delete(entry)
    stop(music, caller, session, entry, event, violate)
  }
  session.reported.add(entry.metricId)
}

function wasStarted(music: MusicWorld, session: Session, entry: Entry): boolean {
  return session.reported.has(entry.metricId) || music.reports.unfinished.has(entry)
}

/** The only stop that needs no start: the client cannot play what it received. */
function isRefusal({ terminationReason, fields }: PlaybackEvent): boolean {
  return terminationReason === 'error' && fields['durationSeconds'] === 0
}

/** A start report moves the position: the client reports what it plays, however it got there. */
function start(
  music: MusicWorld,
  caller: Caller,
  session: Session,
  entry: Entry,
  violate: (what: string) => void,
): void {
  if (playsElsewhere(music, caller, session)) violate('start while another session of the device plays')
  if (session.playing?.entry === entry) violate('start while started')
  else if (session.playing !== null) violate('start before the stop of what played')
  if (!session.queue.moveTo(entry)) violate('start of an entity that is no longer in the queue')
  session.playing = { entry, deviceId: caller.deviceId }
  session.overskipped = false
  music.streams.begin(caller.account, caller.deviceId, entry.playable.durationSeconds)
}

/** A stop with `userNext` or `userPrev` counts as a skip. Skipping ads and interludes is free (inferred). */
function stop(
  music: MusicWorld,
  caller: Caller,
  session: Session,
  entry: Entry,
  event: PlaybackEvent,
  violate: (what: string) => void,
): void {
  if (session.playing?.entry === entry) {
    session.playing = null
    if (!playsElsewhere(music, caller, session)) music.streams.end(caller.account, caller.deviceId)
  } else {
    violate('stop without start')
  }
  const isSkip = event.terminationReason === 'userNext' || event.terminationReason === 'userPrev'
  if (!isSkip || entry.playable.kind !== 'track') return
  if (music.skips.charge(session.account)) return
  session.overskipped = true
  violate('skip beyond the limit')
}

/** Whether the device plays something in another session, according to its reports. */
function playsElsewhere(music: MusicWorld, { account, deviceId }: Caller, session: Session): boolean {
  return music.sessions
    .list()
    .some((other) => other !== session && other.account === account && other.playing?.deviceId === deviceId)
}
