/** A JSON value, as data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Arguments by name. An absent one is `undefined` or missing. */
export type Arguments = Readonly<Record<string, unknown>>

export interface BodyTemplate {
  /** The names of the arguments in the template. */
  readonly names: readonly string[]
  /** The body for these arguments, ready to be sent as JSON. */
  render(args: Arguments): unknown
}

/** Marks an absent value: its key or list element is dropped. */
const absent = Symbol('absent')
type Render = (args: Arguments) => unknown

const placeholder = /^\$([A-Za-z]\w*)$/

/**
 * Compiles a body template. The string `"$name"` is replaced by the argument of that name, and `"$$…"` is a
 * string that begins with a dollar; anything else is literal. An absent argument drops its key. An object or
 * list whose arguments are all absent drops its own key; one written as empty stays.
 */
export function compileBody(template: Json): BodyTemplate {
  const names = new Set<string>()
  const render = compile(template, names)
  return {
    names: [...names],
    render(args) {
      const body = render(args)
      // When all arguments are absent, the body is empty but still sent.
      return body === absent ? (Array.isArray(template) ? [] : {}) : body
    },
  }
}

function compile(template: Json, names: Set<string>): Render {
  if (typeof template === 'string') return compileText(template, names)
  if (typeof template !== 'object' || template === null) return () => template
  if (isList(template)) return compileList(template, names)
  return compileObject(template, names)
}

function compileText(text: string, names: Set<string>): Render {
  const name = placeholder.exec(text)?.[1]
  if (name !== undefined) {
    names.add(name)
    return (args) => args[name] ?? absent
  }
  const literal = text.startsWith('$$') ? text.slice(1) : text
  return () => literal
}

function compileList(items: readonly Json[], names: Set<string>): Render {
  const renders = items.map((item) => compile(item, names))
  return (args) => {
    const list = renders.map((render) => render(args)).filter((item) => item !== absent)
    return list.length === 0 && renders.length > 0 ? absent : list
  }
}

function compileObject(source: { readonly [key: string]: Json }, names: Set<string>): Render {
  const fields = Object.entries(source).map(([key, value]) => [key, compile(value, names)] as const)
  return (args) => {
    const body: Record<string, unknown> = {}
    let held = fields.length === 0
    for (const [key, render] of fields) {
      const value = render(args)
      if (value === absent) continue
      body[key] = value
      held = true
    }
    return held ? body : absent
  }
}

function isList(template: readonly Json[] | { readonly [key: string]: Json }): template is readonly Json[] {
  return Array.isArray(template)
}
