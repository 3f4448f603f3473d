import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { test } from 'node:test'

import ts from 'typescript'

const src = resolve(import.meta.dirname, '../../src')

/** The rooms that each do one thing; `app` and `cli` put them together. */
const features = [
  'settings',
  'account',
  'amazon-music',
  'control',
  'playback',
  'login-display',
  'mqtt',
  'bridge',
  'home-assistant',
  'hooks',
  'diagnostics',
  'systemd',
]

/**
 * Which rooms (folders of src, or files right in it) a room may import from: `all`, or `types` when it shares the
 * neighbour's types and not its behaviour. What is not listed is not allowed.
 */
const mayImport: Readonly<
  Record<string, { readonly all: readonly string[]; readonly types?: readonly string[] }>
> = {
  lib: { all: [] },
  settings: { all: ['lib'] },
  account: { all: ['lib'] },
  'amazon-music': { all: ['lib'] },
  control: { all: ['lib'] },
  playback: { all: ['lib'], types: ['amazon-music'] },
  'player-conformance': { all: ['lib', 'playback'] },
  'login-display': { all: ['lib'], types: ['account'] },
  mqtt: { all: ['lib'] },
  bridge: { all: ['lib', 'mqtt'], types: ['amazon-music', 'playback', 'account'] },
  'home-assistant': { all: ['lib', 'mqtt'], types: ['bridge', 'playback', 'account'] },
  hooks: { all: ['lib'] },
  diagnostics: { all: ['lib'], types: ['settings'] },
  systemd: { all: ['lib'], types: ['account', 'playback'] },
  sandbox: { all: [] },
  'version.ts': { all: [] },
  app: { all: ['lib', ...features, 'version.ts'] },
  cli: { all: ['lib', ...features, 'version.ts', 'app', 'player-conformance', 'sandbox'] },
  'main.ts': { all: ['lib', 'cli'] },
}

/** Files that are domain words and rules throughout: who may import a room's types may import what these do. */
const domainFiles = ['amazon-music/api.ts', 'playback/capabilities.ts']

/** The only file that may import a package; a type counts too. */
const importerOf: Readonly<Record<string, string>> = {
  aedes: 'cli/demo/embedded-broker.ts',
  conf: 'lib/storage/stored-file.ts',
  debug: 'mqtt/connection/connection.ts',
  got: 'lib/http/http.ts',
  mqtt: 'mqtt/connection/connection.ts',
  'mqtt-packet': 'mqtt/connection/connection.ts',
  'mqtt-packet/constants.js': 'mqtt/connection/connection.ts',
  pino: 'lib/log.ts',
  qrcode: 'login-display/png-qr.ts',
  'qrcode-terminal': 'login-display/terminal-qr.ts',
  saxes: 'playback/player/protection/manifest.ts',
}

interface Import {
  /** Relative to src. */
  readonly from: string
  /** Relative to src for files, else as written. */
  readonly to: string
  readonly isFile: boolean
  readonly isTypeOnly: boolean
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const path = join(src, name)
    return {
      name: name.split(sep).join('/'),
      path,
      source: ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true),
    }
  })

const imports = files.flatMap(({ name, path, source }) => {
  const found: Import[] = []
  const add = (specifier: ts.Expression | undefined, isTypeOnly: boolean): void => {
    assert.ok(
      specifier !== undefined && ts.isStringLiteralLike(specifier),
      `${name}: an import() of an expression`,
    )
    const isFile = specifier.text.startsWith('.')
    const to = isFile
      ? relative(src, resolve(dirname(path), specifier.text))
          .split(sep)
          .join('/')
      : specifier.text
    found.push({ from: name, to, isFile, isTypeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node))
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node.moduleSpecifier, node.isTypeOnly)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false)
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
})

function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const { namedBindings } = importClause
  return (
    importClause.name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  )
}

/** `bridge` for bridge/topics.ts, `main.ts` for main.ts. */
const roomOf = (file: string): string => file.split('/')[0] ?? ''

test('the imports were found', () => {
  assert.ok(files.length > 100, `files.length > 100: ${files.length}`)
  assert.equal(
    imports.some(({ from, to }) => from === 'main.ts' && to === 'cli/cli.ts'),
    true,
  )
})

test('every room is in the plan', () => {
  const rooms = [...new Set(files.map(({ name }) => roomOf(name)))]
  assert.deepEqual(
    rooms.filter((room) => !Object.hasOwn(mayImport, room)),
    [],
  )
})

test('rooms import in the directions of the plan only', () => {
  const wrong = imports.filter(({ from, to, isFile, isTypeOnly }) => {
    if (!isFile || roomOf(to) === roomOf(from)) return false
    // The version stands there, and the bundler takes it along.
    if (from === 'version.ts' && to === '../package.json') return false
    const { all, types = [] } = mayImport[roomOf(from)] ?? { all: [] }
    return (
      !all.includes(roomOf(to)) && !((isTypeOnly || domainFiles.includes(to)) && types.includes(roomOf(to)))
    )
  })
  assert.deepEqual(wrong, [])
})

test('the sandbox imports nothing but Node, and only the commands demo and sandbox import it', () => {
  const outward = imports.filter(
    ({ from, to }) => roomOf(from) === 'sandbox' && roomOf(to) !== 'sandbox' && !to.startsWith('node:'),
  )
  const inward = imports
    .filter(({ from, to, isFile }) => isFile && roomOf(to) === 'sandbox' && roomOf(from) !== 'sandbox')
    .filter(({ from }) => from !== 'cli/commands/demo.ts' && from !== 'cli/commands/sandbox.ts')
  assert.deepEqual([outward, inward], [[], []])
})

test('each package has one importer', () => {
  const packages = imports.filter(({ to, isFile }) => !isFile && !to.startsWith('node:'))
  assert.deepEqual(
    packages.filter(({ from, to }) => importerOf[to] !== from),
    [],
  )
  assert.deepEqual([...new Set(packages.map(({ to }) => to))].sort(), Object.keys(importerOf).sort())
})

test("Node's own modules are imported by their full names", () => {
  assert.deepEqual(
    imports.filter(({ to }) => builtinModules.includes(to)),
    [],
  )
})

test('what is loaded on demand is not also loaded at the start', () => {
  const eager = imports.filter(
    ({ to, isTypeOnly, from }) =>
      !isTypeOnly &&
      ['cli/commands/demo.ts', 'cli/commands/sandbox.ts'].includes(to) &&
      from !== 'cli/cli.ts',
  )
  assert.deepEqual(eager, [])
  const cli = files.find(({ name }) => name === 'cli/cli.ts')?.source.text ?? ''
  for (const command of ['./commands/demo.ts', './commands/sandbox.ts']) {
    assert.ok(cli.includes(`import('${command}')`), cli)
    assert.equal(cli.includes(`from '${command}'`), false)
  }
})

test('what tries a player is loaded by the command that does', () => {
  const inward = imports.filter(
    ({ from, to }) => to.startsWith('player-conformance/') && !from.startsWith('player-conformance/'),
  )
  assert.deepEqual(
    inward.map(({ from }) => from),
    ['cli/commands/check-player.ts'],
  )
  const loads = imports.filter(({ to }) => to === 'cli/commands/check-player.ts').map(({ from }) => from)
  assert.deepEqual(loads, ['cli/cli.ts'])
  const cli = files.find(({ name }) => name === 'cli/cli.ts')?.source.text ?? ''
  assert.ok(
    cli.includes("import('./commands/check-player.ts')") &&
      !cli.includes("from './commands/check-player.ts'"),
    `cli.includes("import('./commands/check-player.ts')") && !cli.includes("from './commands/check-player.ts'")`,
  )
})

test('no file imports itself in a circle', () => {
  const next = new Map(files.map(({ name }) => [name, [] as string[]]))
  // Types are gone at run time, and two files that describe each other are no riddle.
  for (const { from, to, isFile, isTypeOnly } of imports) if (isFile && !isTypeOnly) next.get(from)?.push(to)
  const done = new Set<string>()
  const walk = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const following of next.get(file) ?? []) {
      const circle = walk(following, [...way, file])
      if (circle !== undefined) return circle
    }
    done.add(file)
    return undefined
  }
  for (const { name } of files) assert.equal(walk(name, [])?.join(' -> '), undefined)
})

test('only main.ts names the process', () => {
  const named = files.flatMap(({ name, source }) => {
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && node.text === 'process' && !isNameOfMember(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart())
        found.push(`${name}:${String(line + 1)}`)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
  assert.deepEqual([...new Set(named.map((place) => place.split(':')[0]))], ['main.ts'])
  assert.deepEqual(
    imports.filter(({ from, to }) => to === 'node:process' && from !== 'main.ts'),
    [],
  )
})

/** `x.process`, `{ process: … }`: another thing of that name, unless x is globalThis. */
function isNameOfMember({ parent, ...node }: ts.Identifier): boolean {
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.name.pos === node.pos && parent.expression.getText() !== 'globalThis'
  }
  return (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name.pos === node.pos
}
