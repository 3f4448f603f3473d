import { networkInterfaces } from 'node:os'

/** The first IPv4 address of this machine in the local network; undefined without a network. */
export function lanAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
