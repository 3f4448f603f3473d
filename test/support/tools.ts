import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import tools from './tools.json' with { type: 'json' }

/** A program listed in tools.json, which scripts/test.mjs installs if it may. */
export type Tool = keyof typeof tools

/**
 * Absolute path of a program, or undefined. Debian keeps daemons in folders that only root's PATH contains.
 */
export function toolPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/**
 * For the `skip` option of a test: why it cannot run, or false.
 *
 * @throws Error when the tool is missing and A2M_REQUIRE_TOOLS=1 forbids skipping
 */
export function requireTool(name: Tool): string | false {
  if (toolPath(name) !== undefined) return false
  const reason = `${name} is not installed (Debian package ${tools[name].package})`
  if (process.env['A2M_REQUIRE_TOOLS'] === '1') throw new Error(reason)
  return reason
}
