import type { Secret } from '../../../../lib/secret.ts'
import type { Stream } from '../../../../amazon-music/entity.ts'

/** Number of recent streams whose secrets the program's output may still contain. */
const mostStreams = 8
/** A shorter value is no secret, and occurs everywhere. */
const shortestSecret = 6
const longestText = 500

/**
 * Removes secrets from a program's output, for logs and answers: the program knows secrets, and need not keep
 * them.
 */
export class Redactor {
  #told: (readonly Secret[])[] = []

  /** The program gets this stream. */
  tell({ url, headers, licenseHeaders }: Stream): void {
    const secrets = [url, ...Object.values(headers), ...Object.values(licenseHeaders)]
    this.#told = [secrets, ...this.#told].slice(0, mostStreams)
  }

  /**
   * Returns `text` without the streams' secrets, URLs, and queries after a "?" in a path, cut to 500
   * characters.
   */
  clean(text: string): string {
    const bare = this.#told
      .flat()
      .map((secret) => secret.reveal())
      .filter((value) => value.length >= shortestSecret)
      .reduce((rest, value) => rest.replaceAll(value, '[secret]'), text)
    return bare
      .replace(/\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/?#"'<>@]*@)?([^\s/?#"'<>]*)[^\s"'<>]*/gi, '$1$2/…')
      .replace(/\?[^\s"'<>]*=[^\s"'<>]*/g, '?…')
      .slice(0, longestText)
  }
}
