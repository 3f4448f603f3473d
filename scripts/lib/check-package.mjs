// Fails when what npm would publish lacks something that is needed at run time, or holds what is nobody's business.
import { execFileSync } from 'node:child_process'

import { root } from './root.mjs'

const needed = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/main.cjs',
  'dist/LICENSES.txt',
  'dist/sbom.cdx.json',
  'systemd/amazonmusic2mqtt.service',
  'docs/errors.md',
]
const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/([\w-]+\.cjs|LICENSES\.txt|sbom\.cdx\.json)$/,
  /^dist-system\/(list|(postinst|prerm|postrm)\.sh|(etc|usr)\/[\w./-]+)$/,
  /^scripts\/(reference-player\.mjs|(un)?install\.sh)$/,
  /^systemd\/[\w.@/-]+$/,
  /^docs\/[\w-]+\.md$/,
  /^docs\/(node-red|openhab|docker)\/[\w.-]+$/,
]
/** Unpacked. More means that something large came along unnoticed. */
const mostBytes = 3_000_000

const [{ files, unpackedSize }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)
const paths = files.map(({ path }) => path)
const problems = [
  ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
  ...paths
    .filter((path) => !allowed.some((form) => form.test(path)))
    .map((path) => `${path} does not belong there`),
  ...(unpackedSize > mostBytes ? [`${unpackedSize} bytes unpacked, expected at most ${mostBytes}`] : []),
]
const main = files.find(({ path }) => path === 'dist/main.cjs')
if (main !== undefined && (main.mode & 0o111) === 0) problems.push('dist/main.cjs cannot be executed')
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
