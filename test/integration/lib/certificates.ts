import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface KeyPair {
  readonly key: string
  readonly cert: string
}

export interface Authority {
  /** Path of the authority's certificate. */
  readonly certPath: string
  /** Its own key and certificate, which it signed itself. */
  readonly self: KeyPair
  /** A certificate for `name`, valid between the two times (`YYYYMMDDHHMMSSZ`). */
  issue(name: string, from: string, to: string): KeyPair
}

/** A certificate authority made by openssl in `folder`, trusted by nobody. */
export function createAuthority(folder: string): Authority {
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  mkdirSync(join(folder, 'issued'))
  writeFileSync(join(folder, 'index.txt'), '')
  writeFileSync(join(folder, 'serial'), '01')
  writeFileSync(
    join(folder, 'ca.cnf'),
    [
      '[ca]',
      'default_ca = own',
      '[own]',
      'database = index.txt',
      'serial = serial',
      'new_certs_dir = issued',
      'default_md = sha256',
      'policy = any',
      'unique_subject = no',
      'copy_extensions = copy',
      '[any]',
      'commonName = supplied',
    ].join('\n'),
  )
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test authority')
  const pair = (key: string, cert: string): KeyPair => ({
    key: readFileSync(join(folder, key), 'utf8'),
    cert: readFileSync(join(folder, cert), 'utf8'),
  })
  let count = 0
  return {
    certPath: join(folder, 'ca.pem'),
    self: pair('ca.key', 'ca.pem'),
    issue(name, from, to) {
      const [key, request, cert] = ['key', 'csr', 'pem'].map((end) => `leaf-${count}.${end}`) as [
        string,
        string,
        string,
      ]
      count++
      const alternative = ['-addext', `subjectAltName=DNS:${name}`]
      openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${name}`, ...alternative)
      const signer = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-batch', '-notext']
      openssl('ca', ...signer, '-in', request, '-out', cert, '-startdate', from, '-enddate', to)
      return pair(key, cert)
    },
  }
}
