/** What `images[]` of an entity holds (API_web_schema). */
export interface ImageJson {
  readonly url: string
  readonly width: number
  readonly height: number
  readonly imageType: string
}

const USUAL_SIZE = 500

/** `SL500` and its kin: pixels of the longer side. Anything else gives the usual size. */
export function imageSize(style: string | null): number {
  return Number(/^SL(\d{1,4})$/.exec(style ?? '')?.[1] ?? USUAL_SIZE) || USUAL_SIZE
}

export function images(baseUrl: string, entityId: string, size: number): readonly ImageJson[] {
  const url = `${baseUrl}/covers/${entityId}.png?size=${size}`
  return [{ url, width: size, height: size, imageType: 'PRIMARY' }]
}
