import type { Account } from '../account.ts'
import type { CodePair } from '../lwa/code-pairs.ts'
import { html, type Html } from './html.ts'
import { style } from './style.ts'
import type { Words } from './words.ts'

function page(words: Words, content: Html): string {
  return html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${words.title} - Sandbox</title>
        ${style}
      </head>
      <body>
        <main>
          <p class="sandbox" role="note">${words.sandbox}</p>
          <div class="card">
            <h1>${words.title}</h1>
            ${content}
          </div>
        </main>
      </body>
    </html>`.text
}

/** The form for the code. `error` explains what was wrong with the previous code. */
export function codeForm(words: Words, error: string | null): string {
  const complaint = error === null ? html`` : html`<p class="error" role="alert">${error}</p>`
  return page(
    words,
    html`${complaint}
      <form method="get" action="/us/code">
        <p>${words.enterCode}</p>
        <label for="code">${words.codeLabel}</label>
        <input
          id="code"
          type="text"
          name="cbl-code"
          required
          autofocus
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          maxlength="16"
        />
        <button>${words.goOn}</button>
      </form>`,
  )
}

/** Shows which client requests which scopes, and lets the user allow or deny. */
export function consentForm(words: Words, pair: CodePair, accounts: readonly Account[]): string {
  const wishes = pair.scopes.map(
    (scope) => html`<li>${words.scopes[scope] ?? scope}<small>${scope}</small></li> `,
  )
  const people = accounts.map(
    ({ key, name, email }, i) =>
      html`<label class="choice"
        ><input type="radio" name="account" value="${key}" ${i === 0 ? html`checked` : ''} /> ${name}
        <small>${email}</small></label
      >`,
  )
  return page(
    words,
    html`<p>${words.compare}</p>
      <strong class="code">${pair.userCode}</strong>
      <p>${words.wants}</p>
      <ul>
        ${wishes}
      </ul>
      <p><small>${words.client}: ${pair.clientId}</small></p>
      <form method="post" action="/us/code">
        <input type="hidden" name="cbl-code" value="${pair.userCode}" />
        <input type="hidden" name="form_token" value="${pair.formToken}" />
        <fieldset>
          <legend>${words.signInAs}</legend>
          ${people}
        </fieldset>
        <button name="decision" value="allow">${words.allow}</button>
        <button class="no" name="decision" value="deny">${words.deny}</button>
      </form>`,
  )
}

/** The last page: the decision, and a hint to return to the device. */
export function decidedPage(words: Words, decision: 'allowed' | 'denied'): string {
  return page(
    words,
    html`<p><strong>${words[decision]}</strong></p>
      <p>${words.goBack}</p>`,
  )
}
