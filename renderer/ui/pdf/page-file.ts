/** What a file whose pages can be drawn is to whoever draws it. */

/** Reads a part of the file, at most `mostBytes`, and tells how large the whole is. */
export type ReadBytes = (offset: number, length: number) => Promise<{ bytes: Uint8Array; sizeBytes: number }>

/** An open file. Whoever opened it closes it. */
export interface PageFile {
  readonly pages: number
  /** Width ÷ height of a page, which counts from 1. */
  ratio(page: number): Promise<number>
  /** Draws a page so many device pixels wide. An earlier drawing on the same canvas must have ended or been given up. */
  draw(page: number, canvas: HTMLCanvasElement, widthPixels: number, signal: AbortSignal): Promise<void>
  close(): void
}

/** Bytes of the largest part that is read at once. */
export const mostBytes = 1024 * 1024
