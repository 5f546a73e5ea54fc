/** Fonts and character maps for pdf.js, each a module of our bundle that is loaded when a document asks for it. Nothing is fetched. */

const modules: Record<string, Record<string, () => Promise<unknown>>> = {
  cMapUrl: import.meta.glob('../../../node_modules/pdfjs-dist/cmaps/*.bcmap', { query: '?url&inline', import: 'default' }),
  standardFontDataUrl: import.meta.glob('../../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}', {
    query: '?url&inline',
    import: 'default',
  }),
}

/** In the shape that pdf.js calls for. */
export class PdfData {
  /** @throws Error for a file that we do not have. */
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const files = Object.entries(modules[kind] ?? {})
    const load = files.find(([path]) => path.endsWith(`/${filename}`))?.[1]
    if (!load) throw new Error(`There is no ${filename}`)
    const address = String(await load())
    return Uint8Array.from(atob(address.slice(address.indexOf(',') + 1)), (sign) => sign.charCodeAt(0))
  }
}
