/** RTF: groups, control words and text (specification 1.9.1); pictures, fonts and other tables of the file's own are passed over. */
import { AppError } from '../../../contract/errors.ts'
import { tableBlocks, textBlock, type TextBlock } from '../blocks.ts'
import { byteText } from '../bytes.ts'
import { filledCells, nesting, textBlocks, textCharacters } from '../limits.ts'
import { beginning, inItems, type FormatReader, type Reading } from '../reading.ts'

/** Groups whose text is not the document's. */
const silent = new Set(
  'fonttbl colortbl stylesheet info pict objdata header footer headerl headerr headerf footerl footerr footerf fldinst themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl generator xmlnstbl filetbl revtbl bkmkstart bkmkend'.split(
    ' ',
  ),
)
const signs: Record<string, string> = {
  ...{ tab: ' ', line: ' ', emdash: '—', endash: '–', lquote: '‘', rquote: '’', ldblquote: '“', rdblquote: '”', bullet: '•' },
  ...{ emspace: ' ', enspace: ' ', qmspace: ' ', '~': ' ', _: '-', '-': '' },
}

interface Group {
  silent: boolean
  /** Characters that stand in for one that `\u` gives, for programs that do not know it. */
  standIns: number
}

export const readRtf: FormatReader = async function* ({ bytes }, reading) {
  const text = byteText(bytes)
  const blocks = new RtfText(reading).read(text)
  await reading.turn()
  yield beginning('rtf')
  yield* inItems(blocks)
}

class RtfText {
  readonly #reading: Reading
  readonly #blocks: TextBlock[] = []
  readonly #groups: Group[] = []
  #group: Group = { silent: false, standIns: 1 }
  #decoder = new TextDecoder('windows-1252')
  #text = ''
  #skip = 0
  #rows: string[][] = []
  #row: string[] = []
  #outline = 0
  #characters = 0
  #cells = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  read(text: string): TextBlock[] {
    const token = /\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)/gi
    for (let found = token.exec(text); found && !this.#done; found = token.exec(text)) {
      const [, word, number, hex, sign, brace, plain] = found
      if (brace === '{') this.#open()
      else if (brace === '}') this.#group = this.#groups.pop() ?? this.#group
      else if (word === 'bin') token.lastIndex += Math.max(0, Number(number ?? 0))
      else if (word !== undefined) this.#control(word, number === undefined ? null : Number(number))
      else if (hex !== undefined) this.#add(this.#decoder.decode(Uint8Array.of(Number.parseInt(hex, 16))))
      else if (sign === '*') this.#group.silent = true
      else if (sign !== undefined) this.#add(/[\\{}]/.test(sign) ? sign : (signs[sign] ?? ' '))
      else if (plain !== undefined) this.#add(plain)
    }
    this.#endParagraph()
    this.#endTable()
    return this.#blocks
  }

  get #done(): boolean {
    if (this.#characters > textCharacters || this.#blocks.length > textBlocks) this.#reading.leaveOut('text')
    else if (this.#cells > filledCells) this.#reading.leaveOut('cells')
    else return false
    return true
  }

  #open(): void {
    if (this.#groups.push({ ...this.#group }) > nesting) throw new AppError('document_broken', 'The file nests too deeply')
  }

  #control(word: string, number: number | null): void {
    if (silent.has(word)) this.#group.silent = true
    else if (word === 'u' && number !== null) {
      this.#add(String.fromCharCode(number & 0xffff))
      this.#skip = this.#group.standIns
    } else if (word === 'uc') this.#group.standIns = number ?? 1
    else if (word === 'ansicpg') this.#decoder = decoderOf(number)
    else if (this.#group.silent) return
    else if (word === 'par' || word === 'sect' || word === 'page') this.#endParagraph()
    else if (word === 'pard') this.#outline = 0
    else if (word === 'outlinelevel') this.#outline = Math.min(6, (number ?? 0) + 1)
    else if (word === 'cell' || word === 'nestcell') {
      this.#row.push(this.#text)
      this.#cells++
      this.#text = ''
    } else if (word === 'row' || word === 'nestrow') {
      this.#rows.push(this.#row)
      this.#cells++
      this.#row = []
    } else if (Object.hasOwn(signs, word)) this.#add(signs[word] ?? '')
  }

  #add(text: string): void {
    const kept = text.slice(Math.min(this.#skip, text.length))
    this.#skip -= text.length - kept.length
    if (this.#group.silent) return
    this.#text += kept
    this.#characters += kept.length
  }

  #endParagraph(): void {
    const text = this.#text
    if (this.#row.length > 0) {
      this.#text += ' '
      return
    }
    this.#text = ''
    this.#endTable()
    const place = { kind: 'paragraph' as const, paragraph: this.#blocks.length + 1 }
    const block = textBlock(this.#outline > 0 ? 'heading' : 'paragraph', text, place, this.#outline)
    if (block) this.#blocks.push(block)
  }

  #endTable(): void {
    const place = { kind: 'paragraph' as const, paragraph: this.#blocks.length + 1 }
    this.#blocks.push(...tableBlocks(this.#rows, true, () => place))
    this.#rows = []
  }
}

function decoderOf(page: number | null) {
  try {
    return new TextDecoder(page === 65001 ? 'utf-8' : `windows-${page ?? 1252}`)
  } catch {
    return new TextDecoder('windows-1252')
  }
}
