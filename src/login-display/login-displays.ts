import { encodeLogin } from './login-json.ts'
import type { LoginDisplay } from './display.ts'

/** Shows each change on every display, and nothing twice: whoever calls need not know what was shown before. */
export function showOnAll(displays: readonly LoginDisplay[]): LoginDisplay {
  let shown = ''
  return {
    show(login) {
      const next = JSON.stringify(encodeLogin(login))
      if (next === shown) return
      shown = next
      for (const display of displays) display.show(login)
    },
  }
}
