const loopbackName = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether the URL's host is this machine, where traffic leaves no wire and plain HTTP is allowed. */
export function isLoopback(url: URL): boolean {
  return loopbackName.test(url.hostname)
}

/** Whether requests with secrets may go there: https anywhere, http to this machine only. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
}
