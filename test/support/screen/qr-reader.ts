import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestContext } from 'node:test'

import { tempFolder } from '../temp-folder.ts'
import { requireTool } from '../tools.ts'

/** For the `skip` option of a test with {@link readQr}: why it cannot run, or false. */
export const withoutQrReader = requireTool('zbarimg')

/**
 * Reads the QR code in an image (PGM, PNG) with zbar, which shares no code with the libraries that draw it;
 * undefined without a code.
 */
export async function readQr(t: TestContext, picture: Buffer): Promise<string | undefined> {
  const path = join(tempFolder(t), 'picture')
  writeFileSync(path, picture)
  try {
    const { stdout } = await promisify(execFile)('zbarimg', [
      '--quiet',
      '--raw',
      '--set',
      '*.enable=0',
      '--set',
      'qrcode.enable=1',
      path,
    ])
    return stdout.replace(/\n$/, '')
  } catch (error) {
    // Exit code 4: no barcode found. Anything else is an error of zbar.
    if ((error as { code?: unknown }).code === 4) return undefined
    throw error
  }
}
