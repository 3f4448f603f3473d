import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tempParent } from './temp-folder.ts'

const run = promisify(execFile)

export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: Buffer
  readonly key: Buffer
}

/** A private certificate authority made with openssl, as users have for their own broker. */
export interface TlsAuthority extends AsyncDisposable {
  readonly caFile: string
  readonly ca: Buffer
  /** Issues a certificate for the host (or client) `name`, valid for `days`, default 1. */
  issue(name: string, options?: { readonly days?: number }): Promise<Certificate>
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export async function createTlsAuthority(): Promise<TlsAuthority> {
  const folder = await mkdtemp(join(tempParent, 'a2m-tls-'))
  const openssl = (...args: readonly string[]): Promise<unknown> => run('openssl', args, { cwd: folder })
  const subject = '/CN=Authority of a test'
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    subject,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  )
  const caFile = join(folder, 'ca.crt')
  let issued = 0

  return {
    caFile,
    ca: await readFile(caFile),
    async issue(name, { days = 1 } = {}) {
      const file = `cert-${++issued}`
      await writeFile(join(folder, `${file}.ext`), `subjectAltName=DNS:${name}\nbasicConstraints=CA:FALSE\n`)
      await openssl(
        'req',
        '-new',
        ...newKey,
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${file}.key`,
        '-out',
        `${file}.csr`,
      )
      await openssl(
        ...['x509', '-req', '-in', `${file}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-days', String(days), '-extfile', `${file}.ext`, '-out', `${file}.crt`],
      )
      const certFile = join(folder, `${file}.crt`)
      const keyFile = join(folder, `${file}.key`)
      return { certFile, keyFile, cert: await readFile(certFile), key: await readFile(keyFile) }
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true })
    },
  }
}
