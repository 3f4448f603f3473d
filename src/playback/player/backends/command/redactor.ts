import type { Secret } from '../../../../lib/secret.ts'
import type { Stream } from '../../../../amazon-music/entity.ts'

/** Streams of the past whose secrets a program may still speak of. */
const mostStreams = 8
/** A shorter secret is no secret, and is found everywhere. */
const shortestSecret = 6
const longestText = 500

/** Makes what a program says fit for logs and answers: it was given secrets, and it need not keep them. */
export class Redactor {
  #told: (readonly Secret[])[] = []

  /** The program gets to know this stream. */
  tell({ url, headers, licenseHeaders }: Stream): void {
    const secrets = [url, ...Object.values(headers), ...Object.values(licenseHeaders)]
    this.#told = [secrets, ...this.#told].slice(0, mostStreams)
  }

  /** `text` without the streams' secrets, addresses, and what follows a "?" in a path. Cut where it is long. */
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
