import assert from 'node:assert/strict'
import test from 'node:test'
import { html } from '../../../src/sandbox/page/html.ts'

const evil = `"'><script>alert(1)</script>&`
const escaped = '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;'

test('what is put into the page as text stays text, in elements and in attributes', () => {
  assert.equal(html`<p title="${evil}">${evil}</p>`.text, `<p title="${escaped}">${escaped}</p>`)
})

test('markup put into markup is not escaped twice', () => {
  const inner = html`<b>${evil}</b>`
  assert.equal(html`<p>${inner}</p>`.text, `<p><b>${escaped}</b></p>`)
  assert.equal(html`<p>${[inner, inner]}</p>`.text, `<p><b>${escaped}</b><b>${escaped}</b></p>`)
})
