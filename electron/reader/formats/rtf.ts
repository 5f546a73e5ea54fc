/** RTF: groups, control words and text (specification 1.9.1); pictures, fonts and other tables of the file's own are passed over. */
import { AppError } from '../../../contract/errors.ts'
import { inLine, type TextBlock } from '../blocks.ts'
import { byteText } from '../bytes.ts'
import { boxes } from '../html-controls.ts'
import { filledCells, nesting, textBlocks, textCharacters } from '../limits.ts'
import { numberText } from '../list-numbers.ts'
import { beginning, inItems, type FormatReader, type Reading } from '../reading.ts'
import { decodeCharset, decodeLatin, decodePage, signOf, type Decode } from '../rtf-encodings.ts'
import { RtfFlow } from '../rtf-flow.ts'
import { plainLook, type RunLook } from '../run-text.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
/** Groups whose text is not the document's, though one inside may be. */
const silent = words(
  'colortbl stylesheet pict objdata fldinst themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl generator xmlnstbl filetbl revtbl bkmkstart bkmkend xe tc tcn rxe ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn pnseclvl pn atnid atnauthor atntime atndate atnref atnparent template background upr',
)
/** Groups in which nothing is: the same once more for programs that know less. */
const dead = words('nonshppict shprslt nonesttables mmathpict')
/** Runs of their own. What stands on every page is told once. */
const onEveryPage = words('header footer headerl headerr headerf footerl footerr footerf')
const apart = words('footnote annotation shptxt dptxbxtext')
/** Groups that are the document's although they are marked as ones to pass over. */
const known = words('shpinst do ud annotation nesttableprops formfield ffl fldinst')
const signs: Readonly<Record<string, string>> = {
  ...{ tab: ' ', line: ' ', emdash: '—', endash: '–', lquote: '‘', rquote: '’', ldblquote: '“', rdblquote: '”', bullet: '•' },
  ...{ emspace: ' ', enspace: ' ', qmspace: ' ', zwj: '\u200d', zwnj: '\u200c', softline: ' ', lbr: ' ' },
  ...{ '~': ' ', _: '-', '-': '' },
}

interface Font {
  decode: Decode | null
  isSigns: boolean
}

/** What a group keeps to itself. */
interface Group {
  /** `dead`: nothing inside speaks again. */
  state: 'text' | 'silent' | 'dead'
  /** Characters that stand in for one that `\u` gives, for programs that do not know it. */
  standIns: number
  font: number
  look: RunLook
  hidden: boolean
  deleted: boolean
  /** What is done with the words when the group ends. */
  end: 'flow' | 'page' | 'list' | 'title' | 'entry' | null
  inFonts: boolean
  /** Of a note: whether it stands at the end of the text; null outside of notes. */
  note: 'foot' | 'end' | null
}

/** A box to tick or a list that drops down. */
interface Field {
  type: number
  result: number
  entries: string[]
}

export const readRtf: FormatReader = async function* ({ bytes }, reading) {
  const rtf = new RtfText(reading)
  const blocks = rtf.read(byteText(bytes))
  await reading.turn()
  yield beginning('rtf', inLine(rtf.title) || null)
  yield* inItems(blocks)
}

/** Reads one file: each byte as the character of its number. */
export class RtfText {
  title = ''
  readonly #reading: Reading
  readonly #blocks: TextBlock[] = []
  readonly #groups: Group[] = []
  #group: Group = {
    ...{
      state: 'text',
      standIns: 1,
      font: -1,
      look: plainLook,
      hidden: false,
      deleted: false,
      end: null,
      inFonts: false,
      note: null,
    },
  }
  readonly #flows: RtfFlow[] = []
  #flow = new RtfFlow()
  /** Blocks of notes and boxes: they follow the paragraph that they hang on. */
  #later: TextBlock[] = []
  readonly #pageTexts = new Set<string>()
  readonly #fonts = new Map<number, Font>()
  #defaultFont = -1
  #decode: Decode = decodeLatin
  #bytes: number[] = []
  #skip = 0
  #field: Field | null = null
  #captured = ''
  #starred = false
  #characters = 0
  #cells = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  read(text: string): TextBlock[] {
    const token = /\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)/gi
    for (let found = token.exec(text); found && !this.#done; found = token.exec(text)) {
      const [, word, number, hex, sign, brace, plain] = found
      if (hex !== undefined) this.#addByte(Number.parseInt(hex, 16))
      else if (plain !== undefined) for (let at = 0; at < plain.length; at++) this.#addByte(plain.charCodeAt(at))
      else {
        this.#flushBytes()
        const starred = this.#starred
        this.#starred = false
        if (brace === '{') this.#open()
        else if (brace === '}') this.#close()
        else if (word === 'bin') token.lastIndex += Math.max(0, Number(number ?? 0))
        else if (word !== undefined) this.#control(word, number === undefined ? null : Number(number), starred)
        else if (sign === '*') this.#starred = true
        else if (sign === '\n' || sign === '\r') this.#keep(this.#flow.endParagraph())
        else if (sign !== undefined) this.#addText(/[\\{}]/.test(sign) ? sign : (signs[sign] ?? ' '))
      }
    }
    this.#flushBytes()
    while (this.#groups.length > 0) this.#close()
    this.#blocks.push(...this.#flow.endParagraph(), ...this.#flow.endTable(), ...this.#later)
    return this.#blocks.map((block, at) => ({
      ...block,
      places: [{ start: 0, place: { kind: 'paragraph', paragraph: at + 1 } }],
    }))
  }

  get #done(): boolean {
    if (this.#characters > textCharacters || this.#blocks.length + this.#later.length > textBlocks) this.#reading.leaveOut('text')
    else if (this.#cells > filledCells) this.#reading.leaveOut('cells')
    else return false
    return true
  }

  #open(): void {
    if (this.#groups.push(this.#group) > nesting) throw new AppError('document_broken', 'The file nests too deeply')
    this.#group = { ...this.#group, end: null }
    this.#skip = 0
  }

  #close(): void {
    const { end } = this.#group
    this.#group = this.#groups.pop() ?? this.#group
    this.#skip = 0
    if (end === null) return
    const text = this.#captured
    this.#captured = ''
    if (end === 'title') this.title = text
    else if (end === 'entry') this.#field?.entries.push(text)
    else if (end === 'list') this.#endListMark()
    else this.#endFlow(end)
  }

  #endListMark(): void {
    const mark = inLine(this.#flow.text.take())
    this.#flow = this.#flows.pop() ?? this.#flow
    this.#flow.isListItem = true
    // A dot or a dash says nothing.
    if (/[\p{L}\p{N}]/u.test(mark) && mark !== 'o') this.#flow.text.add(`${mark} `)
  }

  #endFlow(end: 'flow' | 'page'): void {
    const flow = this.#flow
    flow.inTable = false
    const blocks = [...flow.endParagraph(), ...flow.endTable()]
    this.#flow = this.#flows.pop() ?? new RtfFlow()
    if (end === 'page') {
      const text = blocks.map((block) => block.text).join('\n')
      if (this.#pageTexts.has(text)) return
      this.#pageTexts.add(text)
    }
    if (this.#flows.length === 0 && this.#flow.isEmpty) this.#blocks.push(...blocks)
    else this.#later.push(...blocks)
  }

  /** Blocks of the run that is read; of the body at once, with what hung on them. */
  #keep(blocks: readonly TextBlock[]): void {
    if (this.#flows.length > 0) this.#later.push(...blocks)
    else if (blocks.length > 0) {
      this.#blocks.push(...blocks, ...this.#later)
      this.#later = []
    }
  }

  #begin(end: Group['end']): void {
    this.#group.end = end
    this.#group.state = 'text'
    if (end === 'title' || end === 'entry') return
    this.#flows.push(this.#flow)
    this.#flow = new RtfFlow()
  }

  #control(word: string, number: number | null, starred: boolean): void {
    const group = this.#group
    if (this.#skip > 0 && (Object.hasOwn(signs, word) || word === 'u')) {
      this.#skip--
      return
    }
    if (group.state === 'dead') return
    if (dead.has(word)) group.state = 'dead'
    else if (starred && !known.has(word) && !silent.has(word)) group.state = 'silent'
    else if (word === 'fonttbl') {
      group.state = 'silent'
      group.inFonts = true
    } else if (silent.has(word)) this.#silence(word)
    else if (word === 'info') group.state = 'silent'
    else if (word === 'title' && group.state === 'silent') this.#begin('title')
    else if (word === 'formfield') this.#field = { type: 0, result: 0, entries: [] }
    else if (word === 'ffl') this.#begin('entry')
    else if (word === 'ud') group.state = 'text'
    else if (onEveryPage.has(word)) this.#begin('page')
    else if (apart.has(word)) {
      this.#begin('flow')
      if (word === 'footnote') group.note = 'foot'
    } else if (word === 'ftnalt' && group.note !== null) group.note = 'end'
    else if (word === 'chftn') this.#addNoteNumber()
    else if (word === 'shpinst' || word === 'do' || word === 'nesttableprops') group.state = 'silent'
    else if (word === 'listtext' || word === 'pntext') this.#begin('list')
    else if (word === 'fldrslt') this.#beginResult()
    else if (!this.#ofFonts(word, number) && !this.#ofLook(word, number)) this.#ofText(word, number)
  }

  /** A note's number stands before its words; in the text it would part those around it. */
  #addNoteNumber(): void {
    const { note } = this.#group
    if (note === null) return
    const number = ++this.#notes[note]
    this.#addText(`${note === 'foot' ? number : numberText(number, 'i')} `, plainLook)
  }
  readonly #notes = { foot: 0, end: 0 }

  #silence(word: string): void {
    this.#group.state = 'silent'
    if (word === 'fldinst') this.#field = null
  }

  /** What a field of a form shows: a box, or the chosen entry where the result is not written out. */
  #beginResult(): void {
    const field = this.#field
    this.#field = null
    if (!field || this.#group.state !== 'text') return
    if (field.type === 1) this.#addText(field.result === 1 ? boxes.ticked : boxes.open)
    else if (field.type === 2) {
      this.#addText(field.entries[field.result] ?? field.entries[0] ?? '')
      this.#group.state = 'silent'
    }
  }

  /** Code pages, fonts, and fields of forms. */
  #ofFonts(word: string, number: number | null): boolean {
    const group = this.#group
    if (word === 'uc') group.standIns = Math.max(0, number ?? 1)
    else if (word === 'ansicpg') this.#decode = decodePage(number ?? 1252)
    else if (word === 'mac') this.#decode = decodePage(10000)
    else if (word === 'pc' || word === 'pca') this.#decode = decodePage(850)
    else if (word === 'deff') this.#defaultFont = group.font = number ?? 0
    else if (word === 'f') group.font = number ?? 0
    else if (word === 'fcharset' && group.inFonts)
      this.#fonts.set(group.font, { decode: decodeCharset(number ?? 0), isSigns: number === 2 })
    else if (word === 'cpg' && group.inFonts) this.#fonts.set(group.font, { decode: decodePage(number ?? 1252), isSigns: false })
    else if (word === 'fftype' && this.#field) this.#field.type = number ?? 0
    else if ((word === 'ffres' || word === 'ffdefres') && this.#field) {
      // 25 is a result that nobody has given.
      if (number !== null && number !== 25 && number >= 0) this.#field.result = number
    } else return false
    return true
  }

  /** How characters look, and whether they are there. */
  #ofLook(word: string, number: number | null): boolean {
    const group = this.#group
    const isOn = number !== 0
    if (word === 'v') group.hidden = isOn
    else if (word === 'deleted') group.deleted = isOn
    else if (word === 'strike' || word === 'striked') group.look = { ...group.look, struck: isOn }
    else if (word === 'super') group.look = { ...group.look, script: isOn ? 'raised' : null }
    else if (word === 'sub') group.look = { ...group.look, script: isOn ? 'lowered' : null }
    else if (word === 'nosupersub') group.look = { ...group.look, script: null }
    else if (word === 'up') group.look = { ...group.look, script: isOn ? 'raised' : null }
    else if (word === 'dn') group.look = { ...group.look, script: isOn ? 'lowered' : null }
    else if (word === 'plain') {
      group.look = plainLook
      group.hidden = false
      group.font = this.#defaultFont
    } else return false
    return true
  }

  #ofText(word: string, number: number | null): void {
    const flow = this.#flow
    if (word === 'u' && number !== null) {
      const isSign = this.#fonts.get(this.#group.font)?.isSigns === true && (number & 0xff00) === 0xf000
      this.#addText(isSign ? signOf(number) : String.fromCharCode(number & 0xffff))
      this.#skip = this.#group.standIns
    } else if (word === 'nestrow') flow.endInnerRow()
    else if (this.#group.state !== 'text') return
    else if (word === 'par' || word === 'sect' || word === 'page') this.#keep(flow.endParagraph())
    else if (word === 'pard') {
      flow.outline = 0
      flow.inTable = false
      flow.depth = 0
    } else if (word === 'intbl') {
      flow.inTable = true
      flow.depth = Math.max(1, flow.depth)
    } else if (word === 'itap') flow.depth = number ?? 0
    else if (word === 'outlinelevel') flow.outline = Math.min(6, Math.max(0, number ?? 0) + 1)
    else if (word === 'trowd') flow.beginShapes()
    else if (word === 'clvmrg') flow.goesOn()
    else if (word === 'cellx') flow.endShape(number ?? 0)
    else if (word === 'cell' || word === 'nestcell' || word === 'row') this.#endPart(word)
    else if (Object.hasOwn(signs, word)) this.#addText(signs[word] ?? '')
  }

  #endPart(word: 'cell' | 'nestcell' | 'row'): void {
    this.#cells++
    if (word === 'row') this.#flow.endRow()
    else if (word === 'nestcell') this.#flow.endInnerCell()
    else {
      this.#flow.depth = 1
      this.#flow.beforeWords()
      this.#flow.endCell()
    }
  }

  #addByte(byte: number): void {
    if (this.#skip > 0) this.#skip--
    else if (this.#isHeard) this.#bytes.push(byte)
  }

  #flushBytes(): void {
    if (this.#bytes.length === 0) return
    const decode = this.#fonts.get(this.#group.font)?.decode ?? this.#decode
    const text = decode(Uint8Array.from(this.#bytes))
    this.#bytes = []
    this.#addText(text)
  }

  get #isHeard(): boolean {
    const { state, hidden, deleted } = this.#group
    return state === 'text' && !hidden && !deleted
  }

  #addText(text: string, look = this.#group.look): void {
    if (!this.#isHeard) return
    this.#characters += text.length
    const { end } = this.#group
    if (end === 'title' || end === 'entry') this.#captured += text
    else {
      this.#flow.beforeWords()
      this.#flow.text.add(text, look)
    }
  }
}
