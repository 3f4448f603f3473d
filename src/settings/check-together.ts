import { join } from 'node:path'

import { Secret } from '../lib/secret.ts'
import { authorityProblem, clientCertificateProblems } from './client-certificate.ts'
import { fileText, passwordText, type FileText } from './file-text.ts'
import type { Environment, Facts } from './setting.ts'
import type { Settings } from './table.ts'

interface Checked {
  /**
   * The given settings. The broker's user and password are in the settings of these names only, wherever they
   * were given.
   */
  readonly settings: Partial<Settings>
  readonly problems: readonly string[]
}

/** Checks that need more than one setting. Files are read here, so that a wrong path shows at the start. */
export function checkTogether(
  settings: Partial<Settings>,
  env: Environment,
  readFile: Facts['readFile'],
): Checked {
  const problems: string[] = []
  const { mqttUrl, mqttUsername, mqttPassword, mqttPasswordFile, mqttCertFile, mqttKeyFile } = settings

  const read = (name: string, path: string | undefined, isOptional = false): string | undefined => {
    if (path === undefined) return undefined
    try {
      return readFile(path)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'failed'
      if (isOptional && code === 'ENOENT') return undefined
      problems.push(
        `${name}: ${path} cannot be read (${code}); expected a file that the agent's user may read`,
      )
      return undefined
    }
  }

  usable('A2M_MUSIC_ROUTES_FILE', settings.musicRoutesFile, fileText)
  requireAuthorities('A2M_CA_FILE', settings.caFile)
  requireAuthorities('A2M_MQTT_CA_FILE', settings.mqttCaFile)
  const cert = read('A2M_MQTT_CERT_FILE', mqttCertFile)
  const key = read('A2M_MQTT_KEY_FILE', mqttKeyFile)
  requirePem('A2M_MQTT_CERT_FILE', cert, 'CERTIFICATE')
  requirePem('A2M_MQTT_KEY_FILE', key, 'PRIVATE KEY')
  if (settings.mqttKeyPassphrase !== undefined && settings.mqttKeyPassphraseFile !== undefined) {
    problems.push(
      "A2M_MQTT_KEY_PASSPHRASE and A2M_MQTT_KEY_PASSPHRASE_FILE each give the key's passphrase: expected only one of them",
    )
  }
  const passphraseText = usable('A2M_MQTT_KEY_PASSPHRASE_FILE', settings.mqttKeyPassphraseFile, passwordText)
  const passphrase = settings.mqttKeyPassphrase ?? sealed(passphraseText)
  if (problems.length === 0 && cert !== undefined && key !== undefined) {
    problems.push(...clientCertificateProblems({ cert, key, passphrase }))
  }
  const fromFile = usable('A2M_MQTT_PASSWORD_FILE', mqttPasswordFile, passwordText)

  if (mqttCertFile !== undefined && mqttKeyFile === undefined) {
    problems.push('A2M_MQTT_KEY_FILE is not set: expected the key of the certificate in A2M_MQTT_CERT_FILE')
  }
  if (mqttKeyFile !== undefined && mqttCertFile === undefined) {
    problems.push('A2M_MQTT_CERT_FILE is not set: expected the certificate of the key in A2M_MQTT_KEY_FILE')
  }

  // Special characters in a URL are written with "%", here too.
  const urlUser = decodeURIComponent(mqttUrl?.username ?? '')
  const urlPassword = decodeURIComponent(mqttUrl?.password ?? '')
  const passwordFrom = [
    ...(mqttPassword === undefined ? [] : ['A2M_MQTT_PASSWORD']),
    ...(mqttPasswordFile === undefined ? [] : ['A2M_MQTT_PASSWORD_FILE']),
    ...(urlPassword === '' ? [] : ['A2M_MQTT_URL']),
  ]
  if (passwordFrom.length > 1) {
    problems.push(`${passwordFrom.join(' and ')} each give the broker's password: expected only one of them`)
  }
  if (urlUser !== '' && mqttUsername !== undefined && urlUser !== mqttUsername) {
    problems.push('A2M_MQTT_USERNAME and A2M_MQTT_URL name different users: expected only one of them')
  }

  const username = mqttUsername ?? (urlUser === '' ? undefined : urlUser)
  // A password that the operator set comes before the one from systemd.
  const isSet = passwordFrom.length > 0 || mqttUrl === undefined
  const fromCredential = isSet ? undefined : credential('mqtt-password')
  const password = mqttPassword ?? sealed(urlPassword) ?? sealed(fromFile) ?? sealed(fromCredential)
  // MQTT 3.1.1 section 3.1.2.9 forbids a password without a user, and brokers close the connection without a
  // reason.
  if (mqttUrl !== undefined && password !== undefined && username === undefined) {
    problems.push("A2M_MQTT_USERNAME is not set: expected the user that the broker's password belongs to")
  }
  if (settings.player === 'command' && settings.playerCommand === undefined) {
    problems.push('A2M_PLAYER_COMMAND is not set: expected the program that A2M_PLAYER=command is to run')
  }
  if (settings.nightVolumeLimit !== undefined && settings.quietHours === undefined) {
    problems.push('A2M_QUIET_HOURS is not set: expected the hours in which A2M_NIGHT_VOLUME_LIMIT holds')
  }
  return {
    problems,
    settings: {
      ...settings,
      ...(mqttUrl === undefined ? {} : { mqttUrl: withoutUser(mqttUrl) }),
      mqttUsername: username,
      mqttPassword: password,
      mqttKeyPassphrase: passphrase,
    },
  }

  /** A file that systemd shows to this service only (LoadCredential= in its unit). It is optional. */
  function credential(name: string): string | undefined {
    const folder = env['CREDENTIALS_DIRECTORY'] ?? ''
    if (folder === '') return undefined
    return usable(`Credential ${name}`, join(folder, name), passwordText, true)
  }

  function usable(
    name: string,
    path: string | undefined,
    parse: (content: string) => FileText,
    isOptional = false,
  ): string | undefined {
    const content = read(name, path, isOptional)
    if (path === undefined || content === undefined) return undefined
    const parsed = parse(content)
    if (parsed.ok) return parsed.text
    problems.push(`${name}: ${path} ${parsed.problem}`)
    return undefined
  }

  function requireAuthorities(name: string, path: string | undefined): void {
    const pem = read(name, path)
    const before = problems.length
    requirePem(name, pem, 'CERTIFICATE')
    const problem = pem === undefined || problems.length > before ? undefined : authorityProblem(name, pem)
    if (problem !== undefined) problems.push(problem)
  }

  function requirePem(name: string, content: string | undefined, label: string): void {
    // OpenSSL does not find the line after a byte order mark, or in another encoding.
    if (content === undefined || new RegExp(`^-----BEGIN [A-Z ]*${label}-----`, 'm').test(content)) return
    if (content.startsWith('\ufeff') && content.includes(`${label}-----`)) {
      problems.push(`${name}: the file begins with a byte order mark; save it without one`)
      return
    }
    problems.push(`${name}: expected a PEM file with a line "-----BEGIN ${label}-----"`)
  }
}

function sealed(password: string | undefined): Secret | undefined {
  return password === undefined || password === '' ? undefined : new Secret(password)
}

function withoutUser(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}
