import type { Call } from '../http/call.ts'
import { badRequest } from './music-error.ts'

/** The values of the sample in API_playback_sessions; no page lists them all. */
const CAPABILITIES = ['STD_RES', 'HI_FI', 'HI_RES', 'THREE_DIMENSIONAL']

/**
 * The three headers of playback calls (API_web_request_headers). One sandbox rule is stricter than the page: the
 * capabilities must be among those of the sample.
 * @throws MusicError `BAD_REQUEST` that names the header.
 */
export function checkPlaybackHeaders(call: Call): void {
  const drm = needed(call, 'X-Amzn-Audio-DRMType')
  if (!drm.some((system) => system.toUpperCase() === 'WIDEVINE')) {
    throw badRequest('The header X-Amzn-Audio-DRMType has no supported value. Supported: WIDEVINE')
  }
  const strange = needed(call, 'X-Amzn-Audio-Device-Capability').find((one) => !CAPABILITIES.includes(one))
  if (strange !== undefined) {
    throw badRequest(`The header X-Amzn-Audio-Device-Capability has an unknown value: ${strange}`)
  }
  needed(call, 'X-Amzn-Device-Id')
}

/** The items of a comma list. */
function needed(call: Call, name: string): string[] {
  const items = (call.header(name.toLowerCase()) ?? '').split(',').map((item) => item.trim())
  if (items.every((item) => item === '')) throw badRequest(`The header ${name} is missing`)
  return items
}
