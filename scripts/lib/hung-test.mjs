import { afterEach, beforeEach } from 'node:test'

/**
 * Imported into every test process by scripts/test.mjs. node:test ends a whole file after its time limit and says no
 * more than its name; this ends it earlier and names the test that hangs.
 */
const limitMs = Number(process.env['A2M_HUNG_TEST_MS'] ?? 300_000)

// The runner itself imports it too, and has no tests.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) {
  const running = new Map()
  beforeEach((t) => {
    const end = () => {
      const held = process.getActiveResourcesInfo().join(', ')
      process.stderr.write(`"${t.name}" still runs after ${limitMs / 1000} s. What keeps it: ${held}\n`)
      process.exit(1)
    }
    running.set(t.name, setTimeout(end, limitMs).unref())
  })
  afterEach((t) => {
    clearTimeout(running.get(t.name))
    running.delete(t.name)
  })
}
