/** Puts a font with the glyphs that were used into a PDF, and says which characters they are, so that its text can be searched and copied. */
import type { UsedFont } from './fonts.ts'
import type { PdfObjects, Reference } from './pdf-objects.ts'

/** Mappings that one section of a character map may hold. */
const mostMappings = 100

/** @returns what pages name as their font */
export function writeFont(objects: PdfObjects, used: UsedFont): Reference {
  const { font, glyphs, characters } = used
  const scaled = (units: number): number => Math.round((units * 1000) / font.unitsPerEm)
  const program = font.subset(glyphs)
  // Readers tell subsets of one font in several files apart by six letters.
  const name = `/AAAAAA+${font.name}`
  const isItalic = font.name.includes('Italic')
  const descriptor = objects.add({
    Type: '/FontDescriptor',
    FontName: name,
    Flags: isItalic ? 68 : 4,
    FontBBox: font.bounds.map(scaled),
    ItalicAngle: isItalic ? -9 : 0,
    Ascent: scaled(font.ascent),
    Descent: scaled(font.descent),
    CapHeight: scaled(font.unitsPerEm * 0.727),
    StemV: font.name.includes('Bold') ? 140 : 80,
    FontFile2: objects.addStream(program, { Length1: program.length }),
  })
  const descendant = objects.add({
    Type: '/Font',
    Subtype: '/CIDFontType2',
    BaseFont: name,
    CIDSystemInfo: { Registry: '(Adobe)', Ordering: '(Identity)', Supplement: 0 },
    FontDescriptor: descriptor,
    CIDToGIDMap: '/Identity',
    DW: 1000,
    W: [0, glyphs.map((glyph) => scaled(font.advanceOf(glyph)))],
  })
  return objects.add({
    Type: '/Font',
    Subtype: '/Type0',
    BaseFont: name,
    Encoding: '/Identity-H',
    DescendantFonts: [descendant],
    ToUnicode: objects.addStream(Buffer.from(characterMap(characters))),
  })
}

/** @param characters by the number of their glyph; the first is none */
function characterMap(characters: readonly string[]): string {
  const mappings = characters.flatMap((character, number) =>
    number === 0
      ? []
      : [`<${number.toString(16).padStart(4, '0')}> <${Buffer.from(character, 'utf16le').swap16().toString('hex')}>`],
  )
  const sections: string[] = []
  for (let at = 0; at < mappings.length; at += mostMappings) {
    const section = mappings.slice(at, at + mostMappings)
    sections.push(`${section.length} beginbfchar\n${section.join('\n')}\nendbfchar`)
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${sections.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`
}
