/** What is used of packages that bring no types of their own. */
declare module 'word-extractor' {
  export default class WordExtractor {
    extract(file: Buffer): Promise<{
      getBody(): string
      getTextboxes(options: { includeHeadersAndFooters: boolean }): string
      getFootnotes(): string
      getEndnotes(): string
    }>
  }
}
declare module 'pdfjs-dist/legacy/build/pdf.worker.mjs'
declare module 'tesseract.js-core/tesseract-core-simd-lstm.js' {
  export interface Api {
    Init(path: null, languages: string, mode: number): number
    SetVariable(name: string, value: string): boolean
    /** @param orientation of EXIF, 1 to 8 @param angle in radians @returns 1 when it cannot be decoded */
    SetImageFile(orientation: number, angle: number, doubled: boolean): number
    Recognize(monitor: null): number
    GetTSVText(page: number): string
    Clear(): void
  }
  export interface Core {
    FS: { writeFile(path: string, bytes: Uint8Array): void; unlink(path: string): void }
    TessBaseAPI: new () => Api
  }
  export default function make(options: object): Promise<Core>
}
