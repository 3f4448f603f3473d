import { decodeVerificationUri } from '../account/verification-uri.ts'
import type { PageDisplay, PageToOpen } from '../login-display/display.ts'

/** Shows a page the service wants the user to see on every display, once; `clear` when the service no longer does. */
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

/** Whether an address that the service sent leads to Amazon, as that of the sign-in must, and holds nothing hidden. */
export function isPageToOpen(url: string, lwaUrl: URL): boolean {
  try {
    decodeVerificationUri(url, lwaUrl)
    return !/\p{C}/u.test(url)
  } catch {
    return false
  }
}
