/** A TrueType font as a PDF needs it: which glyph draws a character, how wide it is, and a smaller font with the glyphs that were used. Reads our own fonts, not strangers'. */

/** Tables that a font inside a PDF needs; what is missing in the font is left out. */
const keptTables = ['cvt ', 'fpgm', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'prep']

/** Flags of a part of a composite glyph. */
const argumentsAreWords = 0x0001
const hasScale = 0x0008
const hasMore = 0x0020
const hasTwoScales = 0x0040
const hasMatrix = 0x0080

export class TrueTypeFont {
  readonly name: string
  readonly unitsPerEm: number
  readonly ascent: number
  readonly descent: number
  /** Left, bottom, right, top, in the font's units. */
  readonly bounds: readonly [number, number, number, number]
  readonly #bytes: Buffer
  readonly #tables = new Map<string, { offset: number; length: number }>()
  readonly #glyphs = new Map<number, number>()
  readonly #advances: number
  readonly #hasLongOffsets: boolean

  /** @param name what it is called inside of the PDF */
  constructor(name: string, bytes: Buffer) {
    this.name = name
    this.#bytes = bytes
    for (let index = 0; index < bytes.readUInt16BE(4); index++) {
      const at = 12 + index * 16
      this.#tables.set(bytes.toString('latin1', at, at + 4), {
        offset: bytes.readUInt32BE(at + 8),
        length: bytes.readUInt32BE(at + 12),
      })
    }
    const [head, hhea] = [this.#table('head'), this.#table('hhea')]
    this.unitsPerEm = head.readUInt16BE(18)
    this.bounds = [head.readInt16BE(36), head.readInt16BE(38), head.readInt16BE(40), head.readInt16BE(42)]
    this.#hasLongOffsets = head.readInt16BE(50) === 1
    this.ascent = hhea.readInt16BE(4)
    this.descent = hhea.readInt16BE(6)
    this.#advances = hhea.readUInt16BE(34)
    this.#readCharacters()
  }

  /** The glyph that draws this character; 0 when there is none. */
  glyphOf(codePoint: number): number {
    return this.#glyphs.get(codePoint) ?? 0
  }

  /** How far the pen goes on, in the font's units. */
  advanceOf(glyph: number): number {
    return this.#table('hmtx').readUInt16BE(Math.min(glyph, this.#advances - 1) * 4)
  }

  /**
   * A font with these glyphs alone, numbered as they stand in the list. Parts of composite ones are put behind them.
   * @param glyphs begins with 0, the one for what cannot be drawn
   */
  subset(glyphs: readonly number[]): Buffer {
    const numbers = new Map(glyphs.map((glyph, index) => [glyph, index]))
    const drawings: Buffer[] = []
    // It grows while it is walked: a part may be a composite itself.
    const wanted = [...glyphs]
    for (const glyph of wanted) {
      drawings.push(
        this.#withParts(this.#drawingOf(glyph), (part) => {
          const known = numbers.get(part)
          if (known !== undefined) return known
          numbers.set(part, wanted.length)
          return wanted.push(part) - 1
        }),
      )
    }
    const offsets = Buffer.alloc((drawings.length + 1) * 4)
    let end = 0
    for (const [index, { length }] of drawings.entries()) offsets.writeUInt32BE((end += length), (index + 1) * 4)
    const metrics = Buffer.alloc(wanted.length * 4)
    for (const [index, glyph] of wanted.entries()) {
      metrics.writeUInt16BE(this.advanceOf(glyph), index * 4)
      metrics.writeInt16BE(this.#sideBearingOf(glyph), index * 4 + 2)
    }
    const head = Buffer.from(this.#table('head'))
    head.writeUInt32BE(0, 8)
    head.writeInt16BE(1, 50)
    const hhea = Buffer.from(this.#table('hhea'))
    hhea.writeUInt16BE(wanted.length, 34)
    const maxp = Buffer.from(this.#table('maxp'))
    maxp.writeUInt16BE(wanted.length, 4)
    const changed: Record<string, Buffer> = { head, hhea, maxp, glyf: Buffer.concat(drawings), loca: offsets, hmtx: metrics }
    return fontOf(
      keptTables.flatMap((name): [string, Buffer][] => {
        const table = changed[name] ?? (this.#tables.has(name) ? this.#table(name) : null)
        return table ? [[name, table]] : []
      }),
    )
  }

  #table(name: string): Buffer {
    const found = this.#tables.get(name)
    if (!found) throw new Error(`The font ${this.name} has no ${name}`)
    return this.#bytes.subarray(found.offset, found.offset + found.length)
  }

  /** Formats 4 and 12 are what fonts of today have. */
  #readCharacters(): void {
    const cmap = this.#table('cmap')
    for (let index = 0; index < cmap.readUInt16BE(2); index++) {
      const table = cmap.subarray(cmap.readUInt32BE(4 + index * 8 + 4))
      const format = table.readUInt16BE(0)
      if (format === 4) this.#readSegments(table)
      else if (format === 12) this.#readGroups(table)
    }
  }

  #readSegments(table: Buffer): void {
    const twice = table.readUInt16BE(6)
    for (let at = 0; at < twice; at += 2) {
      const [last, first] = [table.readUInt16BE(14 + at), table.readUInt16BE(16 + twice + at)]
      const shift = table.readUInt16BE(16 + twice * 2 + at)
      const rangeAt = 16 + twice * 3 + at
      const range = table.readUInt16BE(rangeAt)
      for (let code = first; code <= last && code < 0xffff; code++) {
        const listed = range === 0 ? code : table.readUInt16BE(rangeAt + range + (code - first) * 2)
        if (range === 0 || listed !== 0) this.#glyphs.set(code, (listed + shift) & 0xffff)
      }
    }
  }

  #readGroups(table: Buffer): void {
    for (let group = 0; group < table.readUInt32BE(12); group++) {
      const at = 16 + group * 12
      const [first, last, glyph] = [table.readUInt32BE(at), table.readUInt32BE(at + 4), table.readUInt32BE(at + 8)]
      for (let code = first; code <= last; code++) this.#glyphs.set(code, glyph + code - first)
    }
  }

  #sideBearingOf(glyph: number): number {
    const metrics = this.#table('hmtx')
    const beyond = glyph - this.#advances
    return metrics.readInt16BE(beyond < 0 ? glyph * 4 + 2 : this.#advances * 4 + beyond * 2)
  }

  #drawingOf(glyph: number): Buffer {
    const [loca, glyf] = [this.#table('loca'), this.#table('glyf')]
    const offset = (index: number): number =>
      this.#hasLongOffsets ? loca.readUInt32BE(index * 4) : loca.readUInt16BE(index * 2) * 2
    return glyf.subarray(offset(glyph), offset(glyph + 1))
  }

  /** The drawing with its parts under their new numbers, at a length that can be an offset. */
  #withParts(drawing: Buffer, numberOf: (part: number) => number): Buffer {
    const copy = Buffer.alloc(Math.ceil(drawing.length / 4) * 4)
    drawing.copy(copy)
    if (drawing.length === 0 || drawing.readInt16BE(0) >= 0) return copy
    for (let at = 10, flags = hasMore; flags & hasMore;) {
      flags = drawing.readUInt16BE(at)
      copy.writeUInt16BE(numberOf(drawing.readUInt16BE(at + 2)), at + 2)
      at += flags & argumentsAreWords ? 8 : 6
      if (flags & hasScale) at += 2
      else if (flags & hasTwoScales) at += 4
      else if (flags & hasMatrix) at += 8
    }
    return copy
  }
}

/** A font file of these tables, which must be in the order of their names. */
function fontOf(tables: readonly [string, Buffer][]): Buffer {
  const power = Math.floor(Math.log2(tables.length))
  const head = Buffer.alloc(12 + tables.length * 16)
  head.writeUInt32BE(0x00010000, 0)
  head.writeUInt16BE(tables.length, 4)
  head.writeUInt16BE(2 ** power * 16, 6)
  head.writeUInt16BE(power, 8)
  head.writeUInt16BE((tables.length - 2 ** power) * 16, 10)
  const parts = [head]
  let offset = head.length
  for (const [index, [name, table]] of tables.entries()) {
    const padded = Buffer.alloc(Math.ceil(table.length / 4) * 4)
    table.copy(padded)
    const at = 12 + index * 16
    head.write(name, at, 'latin1')
    head.writeUInt32BE(checksumOf(padded), at + 4)
    head.writeUInt32BE(offset, at + 8)
    head.writeUInt32BE(table.length, at + 12)
    parts.push(padded)
    offset += padded.length
  }
  return Buffer.concat(parts)
}

function checksumOf(table: Buffer): number {
  let sum = 0
  for (let at = 0; at < table.length; at += 4) sum = (sum + table.readUInt32BE(at)) >>> 0
  return sum
}
