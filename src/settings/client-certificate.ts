import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'

import type { Secret } from '../lib/secret.ts'

interface Found {
  /** PEM, as in the file. */
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly passphrase: Secret | undefined
}

/** Problems of the client certificate and its key for the broker, as messages about settings. */
export function clientCertificateProblems({ cert, key, passphrase }: Found): readonly string[] {
  const problems: string[] = []
  const certificate = attempt(
    () => (cert === undefined ? undefined : new X509Certificate(cert)),
    () => {
      problems.push('A2M_MQTT_CERT_FILE: the certificate cannot be read; expected a whole PEM file')
    },
  )
  const privateKey = attempt(
    () => (key === undefined ? undefined : createPrivateKey({ key, passphrase: passphrase?.reveal() })),
    (code) => {
      problems.push(`A2M_MQTT_KEY_FILE: ${keyProblem(code, key ?? '', passphrase)}`)
    },
  )
  if (certificate !== undefined && privateKey !== undefined && !certificate.checkPrivateKey(privateKey)) {
    problems.push(
      'A2M_MQTT_KEY_FILE: the key belongs to another certificate than the one in A2M_MQTT_CERT_FILE',
    )
  }
  return problems
}

/**
 * The problem of a PEM file of authorities. OpenSSL stops silently at the first certificate it cannot read:
 * the certificate of the broker or a server would then be refused although its authority is in the file.
 */
export function authorityProblem(name: string, pem: string): string | undefined {
  const begin = /^-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/gm
  const starts = [...pem.matchAll(begin)].map(({ index }) => index)
  const broken = starts.findIndex((start, at) => !isCertificate(pem.slice(start, starts[at + 1])))
  if (broken < 0) return undefined
  return `${name}: certificate ${broken + 1} of ${starts.length} in the file cannot be read; expected whole PEM certificates`
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

function keyProblem(code: string, key: string, passphrase: Secret | undefined): string {
  const isEncrypted = key.includes('ENCRYPTED')
  if (isEncrypted && passphrase === undefined) {
    return 'the key is encrypted; expected A2M_MQTT_KEY_PASSPHRASE_FILE or A2M_MQTT_KEY_PASSPHRASE to be set'
  }
  if (isEncrypted) return 'A2M_MQTT_KEY_PASSPHRASE does not open the key'
  return `the key cannot be read (${code}); expected a whole PEM file`
}

function attempt<T extends X509Certificate | KeyObject>(
  make: () => T | undefined,
  onFailure: (code: string) => void,
): T | undefined {
  try {
    return make()
  } catch (error) {
    onFailure((error as NodeJS.ErrnoException).code ?? 'failed')
    return undefined
  }
}
