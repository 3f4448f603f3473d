import packageJson from '../package.json' with { type: 'json' }

export const version: string = packageJson.version
/**
 * Milliseconds since 1970: no clock that is right is before this. Moved on with a release, and good enough where that is
 * forgotten.
 */
export const notBeforeEpochMs: number = Date.UTC(2026, 10, 1)
export const product: string = packageJson.name
