import { oauthRules } from './oauth-rules.ts'
import { startSandboxPeer } from './sandbox-peer.ts'

oauthRules('sandbox', startSandboxPeer)
