/** Markup that is sent unescaped. */
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

/**
 * Template tag. Escapes every inserted string, but not inserted `Html`: what a client sends is never markup.
 */
export function html(parts: TemplateStringsArray, ...inserted: (string | Html | readonly Html[])[]): Html {
  let text = parts[0] ?? ''
  for (const [i, value] of inserted.entries()) text += markup(value) + (parts[i + 1] ?? '')
  return new Html(text)
}

function markup(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
  return value instanceof Html ? value.text : value.map((part) => part.text).join('')
}
