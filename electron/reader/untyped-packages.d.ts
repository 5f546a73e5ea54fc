/** What is used of packages, or of parts of them, that bring no types of their own. */
declare module 'word-extractor/lib/word-ole-extractor.js' {
  interface Streams<Bytes> {
    stream(name: string): { on(event: string, listener: (bytes: Bytes) => void): void }
  }
  export default class WordOleExtractor {
    /** @param bytes a Buffer of the stream that is called WordDocument */
    extractWordDocument<Bytes>(
      streams: Streams<Bytes>,
      bytes: Bytes,
    ): Promise<{
      getBody(): string
      getTextboxes(options: { includeHeadersAndFooters: boolean }): string
      /** @param options whether those at the foot are among them */
      getHeaders(options: { includeFooters: boolean }): string
      getFooters(): string
      getAnnotations(): string
      getFootnotes(): string
      getEndnotes(): string
    }>
  }
}
declare module 'pdfjs-dist/legacy/build/pdf.worker.mjs' {
  export const WorkerMessageHandler: { initializeFromPort(port: object): void }
}
declare module 'tesseract.js-core/tesseract-core-simd-lstm.js' {
  export interface Api {
    Init(path: null, languages: string, mode: number): number
    SetVariable(name: string, value: string): boolean
    /** @param orientation of EXIF, 1 to 8 @param angle in radians @returns 1 when it cannot be decoded */
    SetImageFile(orientation: number, angle: number, doubled: boolean): number
    /** What is looked at of the picture, in its pixels, until the next one. */
    SetRectangle(left: number, top: number, width: number, height: number): void
    Recognize(monitor: null): number
    GetTSVText(page: number): string
    Clear(): void
  }
  export interface Core {
    FS: { writeFile(path: string, bytes: Uint8Array): void; unlink(path: string): void }
    TessBaseAPI: new () => Api
  }
  export default function make(options: { wasmBinary: Uint8Array; print(): void; printErr(): void }): Promise<Core>
}
