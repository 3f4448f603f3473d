import { systemClock } from '../../../src/lib/clock.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { probeBroker } from '../../../src/mqtt/probe.ts'

// Connects once to the broker at A2M_TEST_BROKER, with a password, in a process of its own.
const { version } = await probeBroker(
  {
    url: new URL(process.env['A2M_TEST_BROKER'] ?? ''),
    username: 'agent',
    password: new Secret('canary-of-the-password'),
    clientId: 'a2m-child',
    topic: 'a2m-child/check',
    clock: systemClock,
  },
  new AbortController().signal,
)
process.stdout.write(`MQTT ${version}\n`)
