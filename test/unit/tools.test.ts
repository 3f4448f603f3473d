import assert from 'node:assert/strict'
import { test } from 'node:test'

import { requireTool, toolPath } from '../support/tools.ts'

/** Runs `check` where no programme outside the folders of daemons can be found. */
function withoutPath(required: string | undefined, check: () => void): void {
  const { PATH, A2M_REQUIRE_TOOLS } = process.env
  try {
    process.env['PATH'] = ''
    delete process.env['A2M_REQUIRE_TOOLS']
    if (required !== undefined) process.env['A2M_REQUIRE_TOOLS'] = required
    check()
  } finally {
    process.env['PATH'] = PATH
    delete process.env['A2M_REQUIRE_TOOLS']
    if (A2M_REQUIRE_TOOLS !== undefined) process.env['A2M_REQUIRE_TOOLS'] = A2M_REQUIRE_TOOLS
  }
}

test('a tool that is missing is a reason to skip, with the package to install', () => {
  withoutPath(undefined, () => {
    assert.equal(requireTool('zbarimg'), 'zbarimg is not installed (Debian package zbar-tools)')
  })
})

test('a tool that is missing is a failure where tools are required', () => {
  withoutPath('1', () => {
    assert.throws(() => requireTool('zbarimg'), /zbarimg is not installed/)
  })
})

test('a tool that is there is no reason to skip', () => {
  assert.ok(toolPath('sh') !== undefined, `toolPath('sh') !== undefined`)
})
