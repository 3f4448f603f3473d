import { networkInterfaces } from 'node:os'

/** This machine's IPv4 address in the house's network, the first there is; undefined without a network. */
export function lanAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
