import assert from 'node:assert/strict'
import test from 'node:test'
import { html } from '../../src/sandbox/page/html.ts'

test('what is put into the page as text stays text, in elements and in attributes', () => {
  const evil = `"'><script>alert(1)</script>&`
  const escaped = '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;'
  assert.equal(html`<p title="${evil}">${evil}</p>`.text, `<p title="${escaped}">${escaped}</p>`)
  assert.equal(
    html`<ul>
      ${[html`<li>${'<'}</li>`]}
    </ul>`.text,
    '<ul><li>&lt;</li></ul>',
  )
})
