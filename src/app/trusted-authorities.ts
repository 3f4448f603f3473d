import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'

import type { Environment } from '../settings/setting.ts'
import type { Settings } from '../settings/table.ts'

/**
 * PEM: the public authorities, those of Node's variable NODE_EXTRA_CA_CERTS, and that of A2M_CA_FILE, which
 * the settings have checked; undefined when A2M_CA_FILE is not set.
 */
export function trustedAuthorities(
  { caFile }: Pick<Settings, 'caFile'>,
  env: Environment,
): readonly string[] | undefined {
  if (caFile === undefined) return undefined
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? ''
  return [
    ...rootCertificates,
    // A custom list replaces Node's authorities, including those of this variable.
    ...(extra === '' ? [] : [readFileSync(extra, 'utf8')]),
    readFileSync(caFile, 'utf8'),
  ]
}
