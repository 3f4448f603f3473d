import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Log } from '../../../../lib/log.ts'

/**
 * Writes all certificate authorities to one file, because mpv takes only one, and uses it instead of the
 * system's.
 *
 * @param caFile the system's file; it may be missing
 * @param ca PEM
 * @returns the path; undefined when the file cannot be written, which is logged
 */
export function joinAuthorities(
  caFile: string,
  ca: readonly string[],
  log: Log,
): { readonly file: string; readonly remove: () => void } | undefined {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'a2m-mpv-'))
    const remove = (): void => rmSync(folder, { recursive: true, force: true })
    const file = join(folder, 'authorities.pem')
    try {
      writeFileSync(file, [readOr(caFile), ...ca].join('\n'))
    } catch (error) {
      remove()
      throw error
    }
    return { file, remove }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'failed'
    log.warn('mpv cannot be told of A2M_CA_FILE: the folder for temporary files takes nothing', { why })
    return undefined
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
