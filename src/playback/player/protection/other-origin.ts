/** Where DASH and HLS name whole addresses: elements, attributes, lines. */
const places = [
  /<(?:\w+:)?(?:BaseURL|Location)\b[^>]*>\s*((?:https?:)?\/\/[^\s"'<]+)/gi,
  /\b(?:media|initialization|index|bitstreamSwitching|sourceURL|URI)\s*=\s*["']\s*((?:https?:)?\/\/[^\s"'<]+)/gi,
  /^\s*((?:https?:)?\/\/\S+)/gim,
]

/** Whether a manifest at `url` sends the player to another server, to which it would carry the stream's headers. */
export function namesElsewhere(text: string, url: URL): boolean {
  return places
    .flatMap((place) => [...text.matchAll(place)])
    .some(
      ([, address = '']) => !URL.canParse(address, url.href) || new URL(address, url).origin !== url.origin,
    )
}
