/** A channel of a `.things` file: `Type string : id "Label" [ key="value", … ]`. */
export interface Channel {
  readonly type: string
  readonly id: string
  readonly settings: Readonly<Record<string, string>>
}

/** An item of an `.items` file that is linked to a channel. */
export interface Item {
  readonly type: string
  readonly name: string
  /** Full name of the channel, such as `mqtt:topic:kitchen:volume`. */
  readonly channel: string
  /** The commands it offers. */
  readonly options: readonly string[]
}

/** As in openHAB's grammar: a word, or a quoted text with backslash escapes. */
const pair = /(\w+)=(?:"((?:[^"\\]|\\.)*)"|([\w.-]+))/g

function settingsIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(pair)].map(([, key = '', quoted, word = '']) => [
      key,
      quoted?.replace(/\\(.)/g, '$1') ?? word,
    ]),
  )
}

/** Parses a file with one generic MQTT Thing. @returns its name, settings and channels */
export function readThing(file: string): {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly channels: readonly Channel[]
} {
  const [, name = '', settings = '', body = ''] =
    /^Thing (\S+) "[^"]*" \(\S+\) \[([^]*?)\] \{\n {4}Channels:\n([^]*)^\}$/m.exec(file) ?? []
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  const channels = lines.map((line) => {
    const found = /^ {8}Type (\w+) : (\w+) "[^"]*" \[ (.*) \]$/.exec(line)
    if (found === null) throw new Error(`not a channel: ${line}`)
    const [, type = '', id = '', text = ''] = found
    return { type, id, settings: settingsIn(text) }
  })
  return { name, settings: settingsIn(settings), channels }
}

/** Parses the items of a file, without groups. */
export function readItems(file: string): readonly Item[] {
  const lines = file.split('\n').filter((line) => line !== '' && !line.startsWith('Group '))
  return lines.map((line) => {
    const found = /^(\w+) (\w+) "[^"]*" \(\w+\) \{ (.*) \}$/.exec(line)
    if (found === null) throw new Error(`not an item: ${line}`)
    const [, type = '', name = '', text = ''] = found
    const { channel = '', options = '' } = settingsIn(text)
    return { type, name, channel, options: [...options.matchAll(/(\w+)=/g)].map(([, word = '']) => word) }
  })
}
