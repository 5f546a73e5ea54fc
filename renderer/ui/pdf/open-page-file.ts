/** Opens a file whose pages can be drawn: a PDF by pdf.js, a picture by the browser. Nothing of the library is loaded before it is needed. */
import { mostBytes, type PageFile, type ReadBytes } from './page-file.ts'

/** @throws whatever reading throws, or an Error for a file that cannot be drawn. */
export async function openPageFile(read: ReadBytes): Promise<PageFile> {
  const { bytes, sizeBytes } = await read(0, mostBytes)
  // Some write a few lines before it; readers look for it in the first kilobyte.
  const isPdf = new TextDecoder('latin1').decode(bytes.subarray(0, 1024)).includes('%PDF-')
  if (!isPdf) return openPicture(bytes, sizeBytes, read)
  const { openPdf } = await import('./pdf-file.ts')
  return openPdf(bytes, sizeBytes, read)
}

async function openPicture(first: Uint8Array, sizeBytes: number, read: ReadBytes): Promise<PageFile> {
  const parts = [first.slice()]
  for (let at = first.length; at < sizeBytes; at += mostBytes) {
    parts.push((await read(at, Math.min(mostBytes, sizeBytes - at))).bytes.slice())
  }
  const picture = await createImageBitmap(new Blob(parts))
  return {
    pages: 1,
    ratio: () => Promise.resolve(picture.width / picture.height),
    draw: (_page, canvas, widthPixels) => {
      canvas.width = widthPixels
      canvas.height = Math.round((widthPixels * picture.height) / picture.width)
      canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
      return Promise.resolve()
    },
    close: () => picture.close(),
  }
}
