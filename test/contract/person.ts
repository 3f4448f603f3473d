import assert from 'node:assert/strict'

export interface Page {
  readonly url: string
  readonly html: string
}

/** A person with a browser: follows redirects, keeps cookies, fills in the forms they see. */
export class Person {
  readonly #cookies = new Map<string, string>()

  async open(url: string): Promise<Page> {
    return this.#go(new URL(url), { method: 'GET' })
  }

  /** Sends the page's form: its hidden fields, then `fields` over them. */
  async submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    const form = /<form[^>]*>[^]*?<\/form>/i.exec(page.html)?.[0]
    assert.ok(form !== undefined, `no form on ${page.url}`)
    const action = /<form[^>]* action="([^"]*)"/i.exec(form)?.[1] ?? ''
    const body = new URLSearchParams()
    for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/gi)) {
      body.set(attribute(input, 'name'), attribute(input, 'value'))
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    return this.#go(new URL(action.replaceAll('&amp;', '&'), page.url), { method: 'POST', body })
  }

  async #go(url: URL, request: RequestInit): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { ...request, headers: { cookie }, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location !== null) return this.#go(new URL(location, url), { method: 'GET' })
    return { url: url.href, html: await response.text() }
  }
}

function attribute(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
}
