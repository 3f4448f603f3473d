import { WIDEVINE, widevineInit, type ContentKey } from './common-encryption.ts'
import { TIMESCALE } from './fragmented-mp4.ts'
import { SAMPLE_RATE, SECOND_BYTES } from './tone.ts'

/** A divisor of the clear lead of 30 s, so that the lead ends at the end of a segment. */
export const SEGMENT_SECONDS = 2

/**
 * The manifest of a track (ISO/IEC 23009-1).
 *
 * @param search the signed query for the URL of each segment
 * @param key encrypts the track; null: unencrypted
 */
export function manifest(durationSeconds: number, search: string, key: ContentKey | null): string {
  const query = search.replaceAll('&', '&amp;')
  return `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" type="static"
  profiles="urn:mpeg:dash:profile:isoff-live:2011" minBufferTime="PT${SEGMENT_SECONDS}S"
  mediaPresentationDuration="PT${durationSeconds}S">
  <Period>
    <AdaptationSet contentType="audio" mimeType="audio/mp4" codecs="fLaC" segmentAlignment="true">
${key === null ? '' : contentProtection(key)}      <SegmentTemplate timescale="${TIMESCALE}" startNumber="1"
        initialization="init.mp4${query}" media="$Number$.m4s${query}">
        <SegmentTimeline>${timeline(durationSeconds)}</SegmentTimeline>
      </SegmentTemplate>
      <Representation id="sound" bandwidth="${SECOND_BYTES * 8}" audioSamplingRate="${SAMPLE_RATE}"/>
    </AdaptationSet>
  </Period>
</MPD>
`
}

/**
 * A timeline, because from number and duration alone ffmpeg requests one segment too many, and its 404 looks
 * like an expired URL.
 */
function timeline(durationSeconds: number): string {
  const whole = Math.floor(durationSeconds / SEGMENT_SECONDS)
  const rest = durationSeconds % SEGMENT_SECONDS
  const all = whole === 0 ? '' : `<S d="${SEGMENT_SECONDS * TIMESCALE}" r="${whole - 1}"/>`
  return rest === 0 ? all : `${all}<S d="${rest * TIMESCALE}"/>`
}

/** https://dashif.org/identifiers/content_protection/ */
function contentProtection(key: ContentKey): string {
  const id = key.id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return `      <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="${id}"/>
      <ContentProtection schemeIdUri="urn:uuid:${WIDEVINE}">
        <cenc:pssh>${widevineInit(key).toString('base64')}</cenc:pssh>
      </ContentProtection>
`
}
