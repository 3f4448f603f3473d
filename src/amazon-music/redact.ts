/** Replaces a secret. */
const removed = '[removed]'

/** Fields whose whole value is removed. */
const secretNames =
  /^(licen[sc]e_?headers?|authorization|cookie|set-cookie|password|secret|signature|credentials?|x-api-key|api_?key)$|(access|refresh|session|security|bearer|id|auth)_?token$|^token$/i
/** Fields with URLs that give access to audio or a licence, wherever they are. */
const mediaUrlNames = /^(manifest|media|audio|stream|playback|preview|licen[sc]e|download)_?(url|uri)s?$/i
/** Objects in which a plain `url` is such a URL. */
const mediaObjects = new Set(['playbackInformation', 'mediaMetadata'])
const urlNames = /^ur[li]s?$/i

/** Tokens of Login with Amazon (Atza|…, Atzr|…), JSON web tokens, bearer headers. */
const tokenText = /\bAt[a-z]{2}\||\bBearer\s+\S{8}|\beyJ[\w-]{8,300}\.[\w-]{8}/
/** URLs of manifests and sound files, by their extension; and any URL that carries its own access right. */
const mediaUrl = /^https?:\/\/[^?#]*\.(mpd|m3u8|mp4|m4[as]|mp3|aac|flac|opus|ogg|oga|webm|wav)([?#]|$)/i
const signedUrl =
  /^https?:\/\/[^?#]*\?([^#]*&)?(signature|x-amz-[\w-]+|policy|key-pair-id|expires|token|access_token|auth|sig)=/i

interface Held {
  readonly name: string
  readonly value: object
}

/**
 * Removes secrets and media URLs from a parsed answer, in place: the answer must have no other user. Keys
 * stay, so that a reader sees that there was a value.
 */
export function redact(answer: unknown): unknown {
  if (typeof answer === 'string') return isSecretText(answer) ? removed : answer
  if (typeof answer !== 'object' || answer === null) return answer
  // An explicit stack: an answer may be nested deeper than the call stack allows.
  const waiting: Held[] = [{ name: '', value: answer }]
  for (let held = waiting.pop(); held !== undefined; held = waiting.pop()) {
    const container = held.value as Record<string, unknown>
    const inMedia = mediaObjects.has(held.name)
    const inList = Array.isArray(held.value)
    for (const key of Object.keys(container)) {
      const value = container[key]
      if (value === null || value === undefined) continue
      if (!inList && isSecretName(key, inMedia)) {
        container[key] = removed
      } else if (typeof value === 'string') {
        if (isSecretText(value)) container[key] = removed
      } else if (typeof value === 'object') {
        // Elements of a list take the name of the list.
        waiting.push({ name: inList ? held.name : key, value })
      }
    }
  }
  return answer
}

function isSecretName(key: string, inMedia: boolean): boolean {
  return secretNames.test(key) || mediaUrlNames.test(key) || (inMedia && urlNames.test(key))
}

function isSecretText(text: string): boolean {
  return text.length >= 8 && (tokenText.test(text) || mediaUrl.test(text) || signedUrl.test(text))
}
