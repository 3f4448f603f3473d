import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

import { eventually, within } from '../eventually.ts'
import { tempParent } from '../temp-folder.ts'
import { requireTool, toolPath } from '../tools.ts'

/** Settings of mosquitto.conf(5). By default: anonymous access, only from this machine, no persistence. */
export interface MosquittoOptions {
  /** User name -> password. All others are refused. */
  readonly passwords?: Readonly<Record<string, string>>
  /** max_packet_size, in bytes. */
  readonly maxPacketSize?: number
  readonly tls?: {
    readonly certFile: string
    readonly keyFile: string
    /** The authority of client certificates, which are then required. */
    readonly clientCaFile?: string
  }
  /** Text of an acl_file. */
  readonly acl?: string
  readonly webSockets?: boolean
  /** Further lines. */
  readonly lines?: readonly string[]
}

/** A real broker on its own port. */
export interface Mosquitto extends AsyncDisposable {
  readonly port: number
  readonly url: URL
  /** Starts it on the same port, with other options if given. Resolves when it accepts connections. */
  start(options?: MosquittoOptions): Promise<void>
  /** Stops it cleanly (SIGTERM). It keeps no state. */
  stop(): Promise<void>
  /** SIGKILL: no DISCONNECT, no last wills. */
  kill(): Promise<void>
}

const mosquitto = toolPath('mosquitto')

/** For the `skip` option of a test: why it cannot run, or false. */
export const noMosquitto: string | false = requireTool('mosquitto')

/** Tries several ports: another program may take the port before mosquitto does. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  // eslint-disable-next-line no-restricted-syntax -- three times at most
  for (let tries = 1; ; tries++) {
    const broker = new RealMosquitto(
      await freePort(),
      await mkdtemp(join(tempParent, 'a2m-mosquitto-')),
      options,
    )
    try {
      await broker.start()
      return broker
    } catch (error) {
      await broker[Symbol.asyncDispose]()
      if (tries === 3) throw error
    }
  }
}

class RealMosquitto implements Mosquitto {
  readonly port: number
  readonly #folder: string
  #options: MosquittoOptions
  #process: ChildProcess | undefined
  #said = ''

  constructor(port: number, folder: string, options: MosquittoOptions) {
    this.port = port
    this.#folder = folder
    this.#options = options
  }

  get url(): URL {
    const plain = this.#options.webSockets === true ? 'ws' : 'mqtt'
    // The name, not the address: certificates are issued for it.
    return new URL(`${plain}${this.#options.tls === undefined ? '' : 's'}://localhost:${this.port}`)
  }

  async start(options = this.#options): Promise<void> {
    this.#options = options
    if (mosquitto === undefined) throw new Error('mosquitto is not installed')
    const file = join(this.#folder, 'mosquitto.conf')
    await writeFile(file, await this.#configuration())
    const child = spawn(mosquitto, ['-v', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    this.#said = ''
    child.stderr.on('data', (words: Buffer) => (this.#said = (this.#said + words.toString()).slice(-4_000)))
    const isUp = (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`mosquitto did not start: ${this.#said}`)
      return accepts(this.port)
    }
    await eventually('mosquitto accepts connections', isUp, { seen: () => this.#said })
    // Another process may be the one that accepts: check that ours still runs.
    if (child.exitCode !== null) throw new Error(`mosquitto did not start: ${this.#said}`)
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await within('the end of mosquitto', ended)
  }

  async #configuration(): Promise<string> {
    const { passwords, maxPacketSize, tls, acl, webSockets, lines = [] } = this.#options
    const folder = this.#folder
    if (passwords !== undefined) {
      await writeFile(join(folder, 'passwords'), '')
      for (const [user, password] of Object.entries(passwords)) {
        execFileSync(toolPath('mosquitto_passwd') ?? 'mosquitto_passwd', [
          '-b',
          join(folder, 'passwords'),
          user,
          password,
        ])
      }
    }
    if (acl !== undefined) await writeFile(join(folder, 'acl'), acl)
    return [
      'persistence false',
      // libwebsockets reads an address as the name of an interface.
      `listener ${this.port}${webSockets === true ? '' : ' localhost'}`,
      ...(webSockets === true ? ['protocol websockets'] : []),
      ...(passwords === undefined
        ? ['allow_anonymous true']
        : ['allow_anonymous false', `password_file ${join(folder, 'passwords')}`]),
      ...(acl === undefined ? [] : [`acl_file ${join(folder, 'acl')}`]),
      ...(maxPacketSize === undefined ? [] : [`max_packet_size ${maxPacketSize}`]),
      ...(tls === undefined ? [] : [`certfile ${tls.certFile}`, `keyfile ${tls.keyFile}`]),
      ...(tls?.clientCaFile === undefined ? [] : [`cafile ${tls.clientCaFile}`, 'require_certificate true']),
      // Started by root, mosquitto would switch to a user that cannot read our folder.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      // mosquitto 2.0.11 will not start with WebSockets only.
      ...(webSockets === true ? [`listener ${await freePort()} localhost`] : []),
      ...lines,
      '',
    ].join('\n')
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await within('the server to listen', once(server, 'listening'))
  const { port } = server.address() as AddressInfo
  server.close()
  await within('the server to close', once(server, 'close'))
  return port
}

async function accepts(port: number): Promise<boolean> {
  const socket = connectSocket({ port, host: 'localhost' })
  try {
    await within('the socket to connect', once(socket, 'connect'))
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
