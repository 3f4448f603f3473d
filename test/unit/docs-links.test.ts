import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

import { tempFolder } from '../support/temp-folder.ts'

const root = join(import.meta.dirname, '..', '..')

/** Links and paths below `src` in a Markdown file that lead nowhere. */
function brokenIn(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  const links = [...text.replace(/```[^]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !leads(file, target))
  const paths = [...text.matchAll(/(?<![\w/.-])src\/[\w/-]+(?:\.ts)?/g)]
    .map(([path]) => path)
    .filter((path) => !existsSync(join(root, path)))
  return [...links, ...paths]
}

function leads(file: string, target: string): boolean {
  const [path = '', anchor = ''] = target.split('#')
  const place = path === '' ? file : join(dirname(file), path)
  if (!existsSync(place)) return false
  if (anchor === '' || !place.endsWith('.md')) return true
  const text = readFileSync(place, 'utf8')
  return text.includes(`id="${anchor}"`) || anchorsOf(text).includes(anchor)
}

/** The anchors of headings, as GitHub makes them. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return markdownIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

test('each link of the docs leads somewhere, and each source file they name exists', () => {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  const files = [...top.map((name) => join(root, name)), ...markdownIn(join(root, 'docs'))]
  assert.ok(files.length > 30, String(files.length))
  const broken = files.flatMap((file) => brokenIn(file).map((target) => `${relative(root, file)}: ${target}`))
  assert.deepEqual(broken, [])
})

test('a missing file, a missing heading and an old path are found', (t) => {
  const file = join(tempFolder(t), 'a.md')
  writeFileSync(
    file,
    '# One thing\n[a](b.md) [b](#one-thing) [c](#another) [d](https://a.example/b) `src/doctor/`\n',
  )
  assert.deepEqual(brokenIn(file), ['b.md', '#another', 'src/doctor/'])
})
