/**
 * The usable content of a file, or the text that completes "A2M_X_FILE: PATH …". That text never quotes the
 * content.
 */
export type FileText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string }

/**
 * Removes a byte order mark, which some editors write, and reports other encodings.
 *
 * @param content decoded from UTF-8 by Node: invalid bytes show as U+FFFD, and UTF-16 as zero bytes
 */
export function fileText(content: string): FileText {
  if (content.includes('\0')) {
    return { ok: false, problem: 'holds zero bytes, as UTF-16 does; expected a text file in UTF-8' }
  }
  if (content.includes('\ufffd')) return { ok: false, problem: 'is not UTF-8; expected a text file in UTF-8' }
  return { ok: true, text: content.replace(/^\ufeff/, '') }
}

/** A password from a file that holds nothing else, without the final line feed that editors add. */
export function passwordText(content: string): FileText {
  const read = fileText(content)
  if (!read.ok) return read
  const text = read.text.replace(/\r?\n$/, '')
  if (text === '') return { ok: false, problem: 'is empty' }
  const lines = text.split(/\r\n|\r|\n/).length
  return lines === 1
    ? { ok: true, text }
    : { ok: false, problem: `has ${lines} lines; expected the password alone, in one line` }
}
