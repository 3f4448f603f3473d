import { join } from 'node:path'

import type { ShownCode } from '../account/account-state.ts'
import type { Log } from '../lib/log.ts'
import type { FiledDisplay } from './display.ts'
import { createShownFile } from './shown-file.ts'
import { terminalQr, type Blocks } from './terminal-qr.ts'
import { promptWords } from './words.ts'

export interface LoginPromptOptions {
  /**
   * `$RUNTIME_DIRECTORY` as systemd sets it: absolute paths separated by colons; the first one is used. Empty
   * or undefined: no file is written.
   */
  readonly runtimeDirectory: string | undefined
  /** Name of the device, for readers who have several. */
  readonly device: string
  readonly log: Log
}

/** A wider QR code would wrap on the narrowest screens. */
const widest = 80

/**
 * Shows a code at the login prompts of the machine, in two files that everybody may read: `motd` (pam_motd,
 * after a login, also over ssh) and `issue` (agetty, before it). They exist only while a code waits. The
 * package links to them from /etc/motd.d and /etc/issue.d: docs/decisions/login-prompt.md.
 */
export function createLoginPrompt({ runtimeDirectory, device, log }: LoginPromptOptions): FiledDisplay {
  const folder = runtimeDirectory?.split(':')[0] ?? ''
  if (folder === '') return { show: () => undefined, remove: () => undefined }
  const kept = (['motd', 'issue'] as const).map((name) => ({
    text: texts[name],
    file: createShownFile({ path: join(folder, name), mode: 0o644, log }),
  }))
  const remove = (): void => {
    for (const { file } of kept) file.remove()
  }
  return {
    show(login) {
      if (login.state !== 'awaiting_user') remove()
      else for (const { text, file } of kept) file.write(text(login, device))
    },
    remove,
  }
}

const texts = {
  /** For any terminal of a logged-in user. */
  motd: (login: ShownCode, device: string) => below('half', login, device),
  /** For the Linux console, in agetty's format, where a backslash begins an escape. */
  issue: (login: ShownCode, device: string) => below('full', login, device).replaceAll('\\', '\\\\'),
}

/** The QR code comes first: on a screen too low for both, the text stays visible. */
function below(blocks: Blocks, login: ShownCode, device: string): string {
  const qr = terminalQr(login.verificationUriComplete, blocks)
  const fitting = qr === undefined || qr.columns > widest ? undefined : qr.text
  return `${fitting ?? ''}${promptWords(login, device, fitting !== undefined).join('\n')}\n`
}
