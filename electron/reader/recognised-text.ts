/** What tesseract says of a page (its table of tab-separated values) as blocks, and how sure it is of all of them together. */
import { inLine, type Box, type TextBlock } from './blocks.ts'
import { unturned, type Turn } from './page-turns.ts'

/** Lines that tesseract itself believes less are specks and shading. */
const leastConfidence = 0.2

interface Line {
  words: string[]
  confidence: number
  box: Box
}

/** A page as it was read one way up. */
export interface RecognisedPage {
  width: number
  height: number
  paragraphs: Line[][]
  /** Of all words by their lengths, 0 to 1; null without words. */
  confidence: number | null
  /** Where most of the words are. */
  mostWords: Box
}

/** The table has a row for the page, each block, paragraph, line and word, told by their level 1 to 5. */
export function recognisedPage(table: string): RecognisedPage {
  let [pageWidth, pageHeight] = [1, 1]
  const paragraphs: Line[][] = []
  const blocks: { box: Box; words: number }[] = []
  let [sum, letters] = [0, 0]
  for (const row of table.split('\n')) {
    const [level, , , , , , left = 0, top = 0, width = 1, height = 1, confidence = 0] = row.split('\t').map(Number)
    const word = row.split('\t')[11] ?? ''
    const box = { x: left / pageWidth, y: top / pageHeight, width: width / pageWidth, height: height / pageHeight }
    if (level === 1) [pageWidth, pageHeight] = [Math.max(1, width), Math.max(1, height)]
    else if (level === 2) blocks.push({ box, words: 0 })
    else if (level === 3) paragraphs.push([])
    else if (level === 4) paragraphs.at(-1)?.push({ words: [], confidence: 0, box })
    else if (level === 5 && word.trim() !== '') {
      const line = paragraphs.at(-1)?.at(-1)
      line?.words.push(word)
      if (line) line.confidence += confidence / 100
      const block = blocks.at(-1)
      if (block) block.words++
      sum += (confidence / 100) * word.length
      letters += word.length
    }
  }
  const fullest = blocks.reduce((most, block) => (block.words > most.words ? block : most), {
    box: { x: 0, y: 0, width: 1, height: 1 },
    words: 0,
  })
  const confidence = letters === 0 ? null : sum / letters
  return { width: pageWidth, height: pageHeight, paragraphs, confidence, mostWords: fullest.box }
}

/** @param turn by which the page was turned when it was read; places are those of the page as it lies */
export function recognisedBlocks({ paragraphs }: RecognisedPage, page: number, turn: Turn): TextBlock[] {
  return paragraphs.map((lines) => blockOf(lines, page, turn)).filter((block) => block !== null)
}

function blockOf(lines: readonly Line[], page: number, turn: Turn): TextBlock | null {
  let text = ''
  let sum = 0
  let count = 0
  const places: TextBlock['places'] = []
  for (const { words, confidence, box } of lines) {
    const line = inLine(words.join(' '))
    if (line === '' || confidence / words.length < leastConfidence) continue
    const parted = /\p{L}-$/u.test(text) && /^\p{Ll}/u.test(line)
    text = parted ? text.slice(0, -1) : text === '' ? '' : `${text} `
    places.push({ start: text.length, place: { kind: 'page', page, boxes: [unturned(box, turn)] } })
    text += line
    sum += confidence
    count += words.length
  }
  if (text === '') return null
  return { kind: 'paragraph', level: 0, text, hasHeader: false, places, confidence: Math.min(1, Math.max(0, sum / count)) }
}
