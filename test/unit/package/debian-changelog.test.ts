import assert from 'node:assert/strict'
import { test } from 'node:test'

import { debianChangelog, debianVersion } from '../../../scripts/package/debian-changelog.ts'

const options = {
  name: 'a-package',
  version: '1.1.0',
  maintainer: 'somebody <somebody@host.invalid>',
  date: new Date('2026-11-22T10:00:00Z'),
}

const released = `# Changelog

In the words of people.

## Unreleased

### Added

- One thing, told in more words than would fit into a line of eighty columns, and
  over two lines: \`A2M_HOOK\`.

### Fixed

- Another.

## [1.0.0] - 2026-01-02

- The first.
`

test('what is not released yet is told of the version that is being built, with the date of the build', () => {
  assert.equal(
    debianChangelog(released, options),
    `a-package (1.1.0) unstable; urgency=medium

  [ Added ]
  * One thing, told in more words than would fit into a line of eighty
    columns, and over two lines: A2M_HOOK.

  [ Fixed ]
  * Another.

 -- somebody <somebody@host.invalid>  Sun, 22 Nov 2026 10:00:00 +0000

a-package (1.0.0) unstable; urgency=medium

  * The first.

 -- somebody <somebody@host.invalid>  Fri, 02 Jan 2026 00:00:00 +0000
`,
  )
})

test('what comes after the version that is being built is not told', () => {
  const text = debianChangelog(released, { ...options, version: '1.0.0' })
  assert.ok(text.startsWith('a-package (1.0.0) '), text)
  assert.ok(!text.includes('One thing'), text)
})

test('a version that the changelog does not know is an error', () => {
  const text = '# Changelog\n\n## 1.0.0 - 2026-01-02\n\n- The first.\n'
  assert.throws(() => debianChangelog(text, options), /nothing of 1\.1\.0/)
  assert.throws(() => debianChangelog('## Soon\n', options), /"Soon" is no version/)
})

test('a version before a release sorts before it', () => {
  assert.equal(debianVersion('1.0.0-rc.1'), '1.0.0~rc.1')
  assert.equal(debianVersion('1.0.0'), '1.0.0')
})
