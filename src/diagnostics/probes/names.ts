import { isIP } from 'node:net'

import { AppError } from '../../lib/errors.ts'
import { failure, type Say } from '../finding.ts'
import { runProgram, type ProgramPlace } from '../run-program.ts'

/** The result of a name look-up. */
export type Resolved =
  { readonly ok: true; readonly words: string } | { readonly ok: false; readonly error: AppError }

/** Longer than a resolver waits for its first name server. */
const limitMs = 6_000
const mostAddresses = 4

/**
 * Resolves a host name as every program on this machine does, in a child process: Node.js cannot cancel its
 * own look-up, which would delay the page as long as a dead name server does.
 *
 * @throws signal.reason
 */
export async function resolveName(place: ProgramPlace, host: string, signal: AbortSignal): Promise<Resolved> {
  const literal = host.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) return { ok: true, words: 'an address, which needs no DNS' }
  const result = await runProgram(place, ['getent', 'ahosts', '--', host], limitMs, signal)
  if (result.kind === 'missing') return { ok: true, words: 'not looked up: there is no getent here' }
  if (result.kind === 'late') return no(`${host}: the name server does not answer`)
  const addresses = [...new Set(result.stdout.split('\n').flatMap((line) => line.split(/\s/, 1)))].filter(
    (address) => isIP(address.split('%')[0] ?? '') !== 0,
  )
  if (addresses.length === 0) return no(`${host}: there is no such name, or no name server`)
  const more = addresses.length > mostAddresses ? ` and ${addresses.length - mostAddresses} more` : ''
  return { ok: true, words: `${addresses.slice(0, mostAddresses).join(' ')}${more}` }
}

/** Reports one line for each host. */
export async function probeNames(
  names: ReadonlyMap<string, Promise<Resolved>>,
  nameServers: readonly string[],
  say: Say,
): Promise<void> {
  say({ mark: 'info', name: 'name servers', words: nameServers.join(' ') || 'none' })
  // All look-ups run already. Report them in the order of the map.
  for (const [host, resolved] of names) {
    const found = await resolved
    if (found.ok) say({ mark: 'ok', name: 'name', words: `${host}: ${found.words}` })
    else say(failure('name', found.error))
  }
}

function no(message: string): Resolved {
  return { ok: false, error: new AppError('net/dns', message) }
}
