/** XML and HTML as events, without a tree: nothing here recurses, and no entity is expanded but the known ones. */
import { AppError } from '../../contract/errors.ts'
import { nesting } from './limits.ts'
import { declaredEncoding } from './text-encoding.ts'

export interface MarkupEvents {
  open?(name: string, attributes: Record<string, string>): void
  close?(name: string): void
  text?(text: string): void
  /** Looked at after each piece: whether the rest is wanted. */
  readonly done?: boolean
}

/** Tells what is in XML, in the order it stands. @throws AppError document_broken when it nests too deeply */
export async function readXml(pieces: Iterable<Uint8Array>, events: MarkupEvents): Promise<void> {
  const parser = await markupParser(events, { xmlMode: true })
  let decoder: ReturnType<typeof decoderFor> | null = null
  for (const piece of pieces) {
    decoder ??= decoderFor(piece)
    parser.write(decoder.decode(piece, { stream: true }))
    if (events.done) return
  }
  parser.end(decoder?.decode())
}

/**
 * The same of XML that is text already. What a file says of its own kind is left out first: entities that it makes up are never made of
 * anything, and brackets of their declaration are no text.
 */
export async function readXmlText(text: string, events: MarkupEvents): Promise<void> {
  const parser = await markupParser(events, { xmlMode: true }, Infinity)
  const xml = withoutDoctype(text)
  for (let from = 0; from < xml.length && !events.done; from += 65_536) parser.write(xml.slice(from, from + 65_536))
  if (!events.done) parser.end()
}

/** Without `<!DOCTYPE …[…]>`, which stands before the first element. */
function withoutDoctype(text: string): string {
  const from = text.search(/<(?:!DOCTYPE\b|[\p{L}_])/iu)
  if (from < 0 || text[from + 1] !== '!') return text
  const piece = /<!--[^]*?(?:-->|$)|<\?[^]*?(?:\?>|$)|"[^"]*(?:"|$)|'[^']*(?:'|$)|[[\]>]/g
  piece.lastIndex = from + 2
  let depth = 0
  for (let found = piece.exec(text); found; found = piece.exec(text)) {
    if (found[0] === '[') depth++
    else if (found[0] === ']') depth--
    else if (found[0] === '>' && depth <= 0) return text.slice(0, from) + text.slice(piece.lastIndex)
  }
  return text.slice(0, from)
}

/** Elements whose content is no markup: left open, they would take the rest of the page. */
const closedAtOnce = /<(title|script|style|textarea|iframe|noscript)\b([^<>]*)\/>/gi

/**
 * The same of HTML, where elements close themselves as they do in a browser. In XHTML any may close at once; elsewhere those alone that
 * would take all that follows.
 */
export async function readHtml(html: string, events: MarkupEvents): Promise<void> {
  const isXml = /^\s*<\?xml|<html[^>]*\sxmlns\s*=/i.test(html.slice(0, 4096))
  const text = isXml ? html : html.replace(closedAtOnce, '<$1$2></$1>')
  const parser = await markupParser(events, { xmlMode: false, recognizeSelfClosing: isXml })
  for (let from = 0; from < text.length && !events.done; from += 65_536) parser.write(text.slice(from, from + 65_536))
  parser.end()
}

function decoderFor(piece: Uint8Array) {
  const wide = piece[0] === 0xff && piece[1] === 0xfe ? 'utf-16le' : piece[0] === 0xfe && piece[1] === 0xff ? 'utf-16be' : null
  try {
    return new TextDecoder(wide ?? declaredEncoding(piece) ?? 'utf-8')
  } catch {
    return new TextDecoder()
  }
}

async function markupParser(
  events: MarkupEvents,
  mode: { xmlMode: boolean; recognizeSelfClosing?: boolean },
  mostDeep = nesting,
): Promise<{ write(text: string): void; end(text?: string): void }> {
  const { Parser } = await import('htmlparser2')
  let depth = 0
  return new Parser(
    {
      onopentag: (name, attributes) => {
        if (++depth > mostDeep) throw new AppError('document_broken', 'The file nests too deeply')
        events.open?.(name, attributes)
      },
      onclosetag: (name) => {
        depth--
        events.close?.(name)
      },
      ontext: (text) => events.text?.(text),
    },
    { ...mode, decodeEntities: true },
  )
}
