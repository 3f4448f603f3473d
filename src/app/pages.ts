import { decodeVerificationUri } from '../account/verification-uri.ts'
import type { PageDisplay, PageToOpen } from '../login-display/display.ts'

/** Shows a page of the service on every display, once; calls `clear` when the service no longer needs it. */
export function createPages(
  displays: readonly PageDisplay[],
  clear: () => void,
): (page: PageToOpen | undefined) => void {
  let shown: string | undefined
  return (page) => {
    if (page?.url === shown) return
    shown = page?.url
    if (page === undefined) clear()
    else for (const display of displays) display.showPage(page)
  }
}

/** Whether a URL from the service is Amazon's, as for the sign-in, without invisible characters. */
export function isPageToOpen(url: string, lwaUrl: URL): boolean {
  try {
    decodeVerificationUri(url, lwaUrl)
    return !/\p{C}/u.test(url)
  } catch {
    return false
  }
}
