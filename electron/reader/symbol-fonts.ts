/** Signs of the fonts Symbol and Wingdings as what they show: their letters are numbers of pictures and mean nothing by themselves. */

/** From 0x21 on. */
const symbol =
  '!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼' +
  '\u007f'.repeat(33) +
  '€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|―↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\u007f〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭'

const wingdings: Readonly<Record<number, string>> = {
  ...series(0x28, '☎✆✉'),
  ...series(0x3e, '✇✍✎✌👌👍👎☜☞☝☟✋☺😐☹💣☠'),
  0x4a: '☺',
  0x4c: '☹',
  ...series(0x6c, '●❍■□◻❑❒⬧⧫◆❖⬥⌧⍓⌘'),
  ...series(0x80, '⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿'),
  ...series(0x9e, '·•▪○◉◎◉○▪□'),
  0xa8: '☐',
  0x6f: '☐',
  0x71: '☐',
  0x72: '☐',
  0x78: '☒',
  ...series(0xd5, '⌫⌦➢'),
  0xd8: '➢',
  0xe0: '→',
  0xdf: '←',
  0xe1: '↑',
  0xe2: '↓',
  0xe8: '➔',
  0xf0: '⇨',
  0xfb: '✗',
  0xfc: '✓',
  0xfd: '☒',
  0xfe: '☑',
}
const wingdings2: Readonly<Record<number, string>> = {
  0x4f: '✗',
  0x50: '✓',
  0x51: '☒',
  0x52: '☑',
  0x53: '☒',
  0x54: '☒',
  0xa3: '☐',
  0x2a: '☐',
  ...series(0x69, '⓪①②③④⑤⑥⑦⑧⑨⑩'),
}

/** Whether letters of this font are pictures. */
export function isSymbolFont(font: string): boolean {
  return /^(symbol|wingdings( [23])?|webdings)$/i.test(font)
}

/** What a letter of a font of pictures shows, '' for a picture without a sign. @param code its number, as it is or in the private area (0xf0xx) */
export function symbolSign(font: string, code: number): string {
  if (!isSymbolFont(font)) return code >= 0xf000 && code <= 0xf0ff ? '' : codePoint(code)
  if (code > 0xff && (code < 0xf000 || code > 0xf0ff)) return codePoint(code)
  const low = code & 0xff
  if (low === 0x20) return ' '
  if (/^symbol$/i.test(font)) return (symbol[low - 0x21] ?? '').replace('\u007f', '')
  if (/^wingdings$/i.test(font)) return wingdings[low] ?? ''
  return /^wingdings 2$/i.test(font) ? (wingdings2[low] ?? '') : ''
}

function series(from: number, all: string): Record<number, string> {
  return Object.fromEntries([...all].map((sign, at) => [from + at, sign]))
}

function codePoint(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
}
