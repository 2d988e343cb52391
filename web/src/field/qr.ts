// SPDX-License-Identifier: Apache-2.0
// Reads a QR code from a picture: by the browser where it can, else by our own reader, which is loaded only then.
interface Detector { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]> }
declare const BarcodeDetector: { new (o: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> } | undefined

let detector: Promise<Detector | null> | null = null
function own(): Promise<Detector | null> {
  detector ??= (async () => {
    if (typeof BarcodeDetector === 'undefined') return null
    const formats = await BarcodeDetector.getSupportedFormats().catch((): string[] => [])
    return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null
  })()
  return detector
}

const SIZES = [800, 1600] // small is fast and forgives noise; large finds a code that is far away
function pixels(source: CanvasImageSource, width: number, height: number, most: number): ImageData {
  const scale = Math.min(1, most / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const c = canvas.getContext('2d', { willReadFrequently: true })!
  c.drawImage(source, 0, 0, canvas.width, canvas.height)
  return c.getImageData(0, 0, canvas.width, canvas.height)
}
export async function readCode(source: CanvasImageSource, width: number, height: number, sizes = SIZES): Promise<string | null> {
  if (!width || !height) return null
  const native = await own()
  const hit = native ? (await native.detect(source).catch(() => []))[0]?.rawValue : undefined
  if (hit) return hit
  const { default: jsqr } = await import('jsqr')
  for (const most of sizes) {
    const p = pixels(source, width, height, most)
    const found = jsqr(p.data, p.width, p.height)
    if (found?.data) return found.data
  }
  return null
}
export async function readCodeOf(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file)
  try {
    return await readCode(picture, picture.width, picture.height)
  } finally {
    picture.close()
  }
}
/** "https://…/q/TOKEN" or the bare token. */
export function tokenOf(text: string): string | null {
  const last = text.trim().split(/[?#]/)[0]!.split('/').pop() ?? ''
  return /^[0-9a-f]{32}$/.test(last) ? last : null
}
