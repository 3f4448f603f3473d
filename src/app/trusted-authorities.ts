import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'

import type { Environment } from '../settings/setting.ts'
import type { Settings } from '../settings/table.ts'

/**
 * PEM: the public authorities, those of Node's own variable NODE_EXTRA_CA_CERTS, and the one of A2M_CA_FILE; undefined
 * when that is not set. The settings were checked: the file can be read.
 */
export function trustedAuthorities(
  { caFile }: Pick<Settings, 'caFile'>,
  env: Environment,
): readonly string[] | undefined {
  if (caFile === undefined) return undefined
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? ''
  return [
    ...rootCertificates,
    // A list of authorities takes the place of Node's, this variable's included.
    ...(extra === '' ? [] : [readFileSync(extra, 'utf8')]),
    readFileSync(caFile, 'utf8'),
  ]
}
