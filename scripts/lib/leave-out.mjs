/**
 * What packages load for features that the agent does not use: module -> its exports that are asked for. Each is
 * replaced by one that says so when it is called after all. docs/decisions/0001-bundle.md says what that saves.
 */
const unused = {
  // got's option http2. Loading it makes a TLS context, which reads all root certificates.
  'http2-wrapper': ['default'],
  // conf's options schema and migrations. Stored files are checked by their decoders.
  'ajv/dist/2020.js': ['Ajv2020'],
  'ajv-formats': ['default'],
  semver: ['default'],
  // MQTT.js behind a SOCKS proxy, and its timers in a browser.
  socks: ['SocksClient'],
  'worker-timers': ['setInterval', 'clearInterval'],
}

/**
 * What is called but has nothing to do here: module -> its exports, each replaced by one that does nothing.
 *
 * when-exit is how conf's writer removes its temporary file should the process end in the middle of a write, which one
 * that is synchronous never does. It takes 17 signals for that: a process that hangs then does not even die of SIGABRT,
 * and each is sent a second time, which on a slow machine looks like a second Ctrl-C.
 */
const idle = { 'when-exit': ['default'] }
const replaced = { ...unused, ...idle }

/** @type {import('esbuild').Plugin} */
export const leaveOut = {
  name: 'leave-out',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, importer }) =>
      Object.hasOwn(replaced, path) && importer.includes('node_modules')
        ? { path, namespace: 'left-out' }
        : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: replaced[path]
        .map((name) => (name === 'default' ? 'export default leftOut' : `export { leftOut as ${name} }`))
        .concat(
          Object.hasOwn(idle, path)
            ? 'function leftOut() {}'
            : `function leftOut() { throw new Error('${path} is left out of this build') }`,
        )
        .join('\n'),
    }))
  },
}
