import { Ring } from './ring.ts'

/** Issued values that must never appear in the client's logs, topics or files. */
export interface IssuedSecrets {
  readonly deviceCodes: string[]
  readonly accessTokens: string[]
  readonly refreshTokens: string[]
  readonly licenceTokens: string[]
  /** The `signature` of each audio URL: anybody who has it can play the audio. */
  readonly audioSignatures: string[]
}

const KEPT = 20_000

/** Remembers every issued secret, so that tests can search for them. */
export class Secrets {
  readonly deviceCodes = new Ring<string>(KEPT)
  readonly accessTokens = new Ring<string>(KEPT)
  readonly refreshTokens = new Ring<string>(KEPT)
  readonly licenceTokens = new Ring<string>(KEPT)
  readonly audioSignatures = new Ring<string>(KEPT)

  list(): IssuedSecrets {
    return {
      deviceCodes: this.deviceCodes.list(),
      accessTokens: this.accessTokens.list(),
      refreshTokens: this.refreshTokens.list(),
      licenceTokens: this.licenceTokens.list(),
      audioSignatures: this.audioSignatures.list(),
    }
  }
}
