import { plainEnvironment } from '../../../src/lib/child-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createMpv } from '../../../src/playback/player/backends/mpv/open-mpv.ts'
import { logSink } from '../../support/log-sink.ts'
import { itemOf, mpvProgram } from './mpv-harness.ts'

// An agent that plays until it is killed: `mpv-agent.ts URL`. Says `playing` when it does.
const open = createMpv({
  program: mpvProgram,
  env: plainEnvironment(process.env),
  clock: systemClock,
  log: logSink().log,
  audioDevice: 'null',
  mixer: undefined,
})
const player = await open(({ type }) => {
  if (type === 'started') process.stdout.write('playing\n')
}, new AbortController().signal)
await player.load(itemOf(process.argv[2] ?? ''), false)
