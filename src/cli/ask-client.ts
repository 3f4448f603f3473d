import { createLwa } from '../account/lwa.ts'
import type { Http } from '../lib/http/http.ts'
import { Secret } from '../lib/secret.ts'
import type { ClientVerdict } from '../diagnostics/probes/lwa.ts'
import type { Settings } from '../settings/table.ts'

/**
 * Checks whether Amazon knows the client id: sends a refresh with an invalid token. Amazon rejects an unknown
 * client id before it looks at the token. Requesting a code pair would show more, but would start a sign-in.
 */
export async function askClient(
  { lwaUrl, lwaClientId: clientId, locale }: Pick<Settings, 'lwaUrl' | 'lwaClientId' | 'locale'>,
  http: Http,
  signal: AbortSignal,
): Promise<ClientVerdict> {
  const lwa = createLwa({ http, lwaUrl, clientId, locale })
  const outcome = await lwa.refresh(new Secret('Atzr|no-token-but-a-question-of-doctor'), false, signal)
  if (outcome.kind === 'ok' || outcome.error.code === 'account/revoked') return { kind: 'known' }
  const { error } = outcome
  return { kind: error.code === 'account/client' ? 'refused' : 'untold', error }
}
