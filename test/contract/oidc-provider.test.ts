import { oauthRules } from './oauth-rules.ts'
import { startOidcPeer } from './oidc-peer.ts'

oauthRules('oidc-provider', startOidcPeer)
