// SPDX-License-Identifier: Apache-2.0
// A photo as it is sent: at most 1600 px on its long side, upright, with what the camera said about time and place.
const MOST_PX = 1600
const QUALITY = 0.82

/** The APP1 segment "Exif" of a JPEG, or null. */
function exifOf(bytes: DataView<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  if (bytes.byteLength < 4 || bytes.getUint16(0) !== 0xffd8) return null
  let at = 2
  while (at + 10 < bytes.byteLength && bytes.getUint8(at) === 0xff && bytes.getUint8(at + 1) !== 0xda) {
    const size = bytes.getUint16(at + 2)
    const named = bytes.getUint8(at + 1) === 0xe1 && bytes.getUint32(at + 4) === 0x45786966
    if (size < 2 || at + 2 + size > bytes.byteLength) return null
    if (named) return new Uint8Array(bytes.buffer.slice(at, at + 2 + size))
    at += 2 + size
  }
  return null
}
/** The pixels are upright already: says so, or a viewer would turn them again. */
function setUpright(exif: Uint8Array<ArrayBuffer>): void {
  const v = new DataView(exif.buffer)
  const tiff = 10 // marker, length, "Exif\0\0"
  if (exif.length < tiff + 8) return
  const little = v.getUint16(tiff) === 0x4949
  const ifd = tiff + v.getUint32(tiff + 4, little)
  if (ifd + 2 > exif.length) return
  for (let i = 0, n = v.getUint16(ifd, little); i < n && ifd + 2 + 12 * i + 12 <= exif.length; i++) {
    const entry = ifd + 2 + 12 * i
    if (v.getUint16(entry, little) === 0x0112) v.setUint16(entry + 8, 1, little)
  }
}
async function withExif(jpeg: Blob, exif: Uint8Array<ArrayBuffer> | null): Promise<Blob> {
  if (!exif) return jpeg
  setUpright(exif)
  return new Blob([jpeg.slice(0, 2), exif, jpeg.slice(2)], { type: 'image/jpeg' })
}

export async function smaller(file: Blob): Promise<Blob> {
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return file // not a picture that this browser knows: the server says what it thinks of it
  }
  const scale = Math.min(1, MOST_PX / Math.max(picture.width, picture.height))
  if (scale === 1 && file.type === 'image/jpeg') {
    picture.close()
    return file
  }
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY))
  if (!jpeg) return file
  return withExif(jpeg, exifOf(new DataView(await file.arrayBuffer())))
}
