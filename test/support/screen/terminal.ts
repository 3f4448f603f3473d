import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

import { mainBundle } from '../cli-process.ts'
import type { Home } from '../built-agent.ts'
import { Inbox } from '../inbox.ts'
import { within } from '../eventually.ts'

/** Width in characters. */
export const columns = 100

/** The built agent in a real terminal. */
export interface AgentInTerminal {
  /** The output from the end of the previous sign-in to the end of the next one, with its colours. */
  nextSignIn(): Promise<string>
  type(keys: string): void
  /** Exit code. */
  ended(): Promise<number | null>
}

/** Everything ends with the test. `env` overrides that of `home`. */
export function startInTerminal(
  t: TestContext,
  home: Home,
  env: Readonly<Record<string, string>> = {},
): AgentInTerminal {
  // script(1) of util-linux, part of every Debian, makes a pseudo-terminal.
  const inTerminal = `stty cols ${columns} rows 60; exec "${process.execPath}" "${mainBundle}" run`
  const terminal = spawn('script', ['-qec', inTerminal, '/dev/null'], {
    env: { ...process.env, ...home.env, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = once(terminal, 'exit') as Promise<[number | null]>
  t.after(() => terminal.kill('SIGKILL'))
  const signIns = new Inbox<string>()
  let screen = ''
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    const whole = /scan the QR code[^]*minutes\./.exec(screen)
    if (whole === null) return
    const end = whole.index + whole[0].length
    signIns.push(screen.slice(0, end))
    screen = screen.slice(end)
  })
  return {
    nextSignIn: () => signIns.next('a whole sign-in', undefined, 30_000),
    type: (keys) => void terminal.stdin.write(keys),
    async ended() {
      const [code] = await within('the end of the terminal', gone)
      return code
    },
  }
}
