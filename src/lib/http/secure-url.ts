const loopbackName = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether the URL's host is this machine. Its traffic reaches no network, so plain HTTP is allowed. */
export function isLoopback(url: URL): boolean {
  return loopbackName.test(url.hostname)
}

/** Whether requests with secrets may go to this URL: https anywhere, http to this machine only. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
}

/**
 * The URL for display: without user, password and fragment, and with `?…` for a query, which may hold a
 * token.
 */
export function withoutSecrets(url: URL): string {
  const copy = new URL(url)
  copy.username = ''
  copy.password = ''
  copy.search = ''
  copy.hash = ''
  return copy.href + (url.search === '' ? '' : '?…')
}
