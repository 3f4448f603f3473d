import { wordsDe } from './words-de.ts'
import { wordsEn } from './words-en.ts'
import { wordsFr } from './words-fr.ts'

/** All texts of the sign-in page in one language. */
export interface Words {
  readonly language: string
  readonly title: string
  /** Explains that no real Amazon account is involved. */
  readonly sandbox: string
  readonly enterCode: string
  readonly codeLabel: string
  readonly goOn: string
  readonly unknownCode: string
  readonly expiredCode: string
  readonly usedCode: string
  readonly staleForm: string
  readonly compare: string
  readonly client: string
  readonly wants: string
  readonly signInAs: string
  readonly allow: string
  readonly deny: string
  readonly allowed: string
  readonly denied: string
  readonly goBack: string
  /** What each scope allows the device. A scope without an entry is shown by name only. */
  readonly scopes: Readonly<Record<string, string>>
}

const LANGUAGES: readonly Words[] = [wordsEn, wordsDe, wordsFr]

/**
 * The texts for an `Accept-Language` header (RFC 9110 12.5.4): the preferred language available, else
 * English. LWA uses the header of the code-pair request, not that of the browser.
 */
export function wordsFor(acceptLanguage: string | null): Words {
  const liked = (acceptLanguage ?? '')
    .split(',')
    .map(liking)
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { language } of liked) {
    const words = LANGUAGES.find((known) => known.language === language)
    if (words) return words
  }
  return wordsEn
}

function liking(range: string): { language: string; weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  return {
    language: tag.split(/[-_]/, 1).join(''),
    weight: weight === undefined ? 1 : Number(weight.slice(2)),
  }
}
