/**
 * HTML that Outlook keeps inside RTF ([MS-OXRTFEX]): tags stand in groups of their own (`\htmltag`), the text between them is RTF, and what
 * is there for programs that show RTF alone is marked (`\htmlrtf`).
 */
import { decodeCharset, decodeLatin, decodePage, type Decode } from './rtf-encodings.ts'

/** Groups that are passed over: fonts and colours, and what only RTF shows. */
const silent = new Set('fonttbl colortbl stylesheet info pict generator xmlnstbl listtable listoverridetable'.split(' '))
const signs: Readonly<Record<string, string>> = {
  ...{ par: '\n', line: '\n', tab: '\t', lquote: '‘', rquote: '’', ldblquote: '“', rdblquote: '”', bullet: '•' },
  ...{ emdash: '—', endash: '–', '~': '\u00a0', _: '\u00ad', '{': '{', '}': '}', '\\': '\\' },
}
/** Groups inside one another that are kept apart; deeper ones have the state of those around them. */
const deepest = 2000

interface Group {
  state: 'text' | 'tag' | 'silent'
  /** What follows is for programs that show RTF. */
  isForRtf: boolean
  inFonts: boolean
  font: number
  standIns: number
}

/** Whether it is RTF that was made of HTML. */
export function isEncapsulated(rtf: string): boolean {
  return /\\fromhtml1?(?!\d)/.test(rtf.slice(0, 4096))
}

/** The HTML that it was made of. @param rtf each byte as the character of its number */
export function encapsulatedHtml(rtf: string): string {
  const groups: Group[] = []
  let group: Group = { state: 'text', isForRtf: false, inFonts: false, font: -1, standIns: 1 }
  let page: Decode = decodeLatin
  let usualFont = -1
  const fonts = new Map<number, Decode | null>()
  const html: string[] = []
  let bytes: number[] = []
  let skip = 0
  let isStarred = false
  const isHeard = (): boolean => group.state === 'tag' || (group.state === 'text' && !group.isForRtf)
  const flush = (): void => {
    if (bytes.length === 0) return
    // Tags are of the file's own code page, whatever font stands around them.
    const decode = (group.state === 'text' && fonts.get(group.font)) || page
    html.push(decode(Uint8Array.from(bytes)))
    bytes = []
  }
  const addByte = (byte: number): void => {
    if (skip > 0) skip--
    else if (isHeard()) bytes.push(byte)
  }
  const control = (word: string, number: number | null): void => {
    const wasStarred = isStarred
    isStarred = false
    if (skip > 0 && (Object.hasOwn(signs, word) || word === 'u')) skip--
    else if (word === 'htmltag' && wasStarred && group.state !== 'silent') group.state = 'tag'
    else if (word === 'fonttbl') {
      group.state = 'silent'
      group.inFonts = true
    } else if (silent.has(word) || (wasStarred && group.state === 'text')) group.state = 'silent'
    else if (word === 'htmlrtf') group.isForRtf = number !== 0
    else if (word === 'ansicpg') page = decodePage(number ?? 1252)
    else if (word === 'deff') usualFont = group.font = number ?? 0
    else if (word === 'plain') group.font = usualFont
    else if (word === 'f') group.font = number ?? 0
    else if (word === 'fcharset' && group.inFonts) fonts.set(group.font, decodeCharset(number ?? 0))
    else if (word === 'uc') group.standIns = Math.max(0, number ?? 1)
    else if (word === 'u' && number !== null) {
      if (isHeard()) html.push(String.fromCharCode(number & 0xffff))
      skip = group.standIns
    } else if (Object.hasOwn(signs, word) && isHeard()) html.push(signs[word] ?? '')
  }
  const token = /\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)/gi
  for (let found = token.exec(rtf); found; found = token.exec(rtf)) {
    const [, word, number, hex, sign, brace, plain] = found
    if (hex !== undefined) addByte(Number.parseInt(hex, 16))
    else if (plain !== undefined) for (let at = 0; at < plain.length; at++) addByte(plain.charCodeAt(at))
    else {
      flush()
      if (brace === '{') {
        if (groups.length < deepest) groups.push(group)
        else groups.push(groups[deepest - 1] ?? group)
        group = { ...group }
        skip = 0
      } else if (brace === '}') {
        group = groups.pop() ?? group
        skip = 0
      } else if (word === 'bin') token.lastIndex += Math.max(0, Number(number ?? 0))
      else if (word !== undefined) control(word, number === undefined ? null : Number(number))
      else if (sign === '*') isStarred = true
      else if (sign !== undefined) control(sign, null)
      if (brace !== undefined) isStarred = false
    }
  }
  flush()
  return html.join('')
}
