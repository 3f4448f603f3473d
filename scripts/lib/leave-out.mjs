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

/** @type {import('esbuild').Plugin} */
export const leaveOut = {
  name: 'leave-out',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, importer }) =>
      Object.hasOwn(unused, path) && importer.includes('node_modules')
        ? { path, namespace: 'left-out' }
        : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: unused[path]
        .map((name) => (name === 'default' ? 'export default leftOut' : `export { leftOut as ${name} }`))
        .concat(`function leftOut() { throw new Error('${path} is left out of this build') }`)
        .join('\n'),
    }))
  },
}
