/** Run as a child process by pty.test.ts: shows one code on its own standard output. Argument: half | full. */
import { systemClock } from '../../../src/lib/clock.ts'
import { createTerminalDisplay } from '../../../src/login-display/terminal-display.ts'

const blocks = process.argv[2] === 'full' ? 'full' : 'half'
createTerminalDisplay({ terminal: process.stdout, blocks, clock: systemClock }).show({
  state: 'awaiting_user',
  userCode: 'BEYHYS',
  verificationUri: 'https://amazon.com/us/code',
  verificationUriComplete: 'https://amazon.com/us/code?cbl-code=BEYHYS',
  expiresAtEpochMs: systemClock.epochMs() + 600_500,
  attempt: 1,
})
