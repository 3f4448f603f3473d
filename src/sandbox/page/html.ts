/** Markup that may go out as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Template tag: every inserted string is escaped, inserted `Html` is not. What a client sends can never be markup. */
export function html(parts: TemplateStringsArray, ...inserted: (string | Html | readonly Html[])[]): Html {
  let text = parts[0] ?? ''
  for (const [i, value] of inserted.entries()) text += markup(value) + (parts[i + 1] ?? '')
  return new Html(text)
}

function markup(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
  return value instanceof Html ? value.text : value.map((part) => part.text).join('')
}
