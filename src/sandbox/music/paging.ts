import { badRequest } from './music-error.ts'

/** A paged collection of V1 (API paging). */
export interface Connection {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly token?: string }
  readonly edgeCount: number
  readonly edges: readonly { readonly cursor: string; readonly node: unknown }[]
}

/**
 * The page of `items` after `token` of the previous page; null for the first page.
 *
 * @throws MusicError `BAD_REQUEST` for a malformed token
 */
export function connection<T>(
  items: readonly T[],
  limit: number,
  token: string | null,
  node: (item: T) => unknown,
): Connection {
  const from = token === null ? 0 : offsetOf(token)
  const shown = items.slice(from, from + limit)
  const hasNextPage = from + limit < items.length
  return {
    pageInfo: hasNextPage ? { hasNextPage, token: tokenFor(from + limit) } : { hasNextPage },
    edgeCount: shown.length,
    edges: shown.map((item, i) => ({ cursor: tokenFor(from + i), node: node(item) })),
  }
}

const tokenFor = (offset: number): string => Buffer.from(`offset:${offset}`).toString('base64url')

function offsetOf(token: string): number {
  const [, offset] = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? []
  if (offset === undefined) throw badRequest('The page token is not valid')
  return Number(offset)
}
