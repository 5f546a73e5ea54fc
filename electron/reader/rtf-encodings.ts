/** Which letters the bytes of an RTF file stand for: by the code page of the whole file, or the character set of a font. */

/** Code page 850 from 0x80 on, which no platform decodes; 437 has the same letters in the same places. */
const dosLetters =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'
/** Letters of the font Symbol from 0x41 and from 0x61 on. */
const symbolCapitals = 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ'
const symbolSmall = 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ'
/** Signs of Symbol and Wingdings that stand in lists and forms. */
const symbolSigns: Readonly<Record<number, string>> = {
  ...{ 0xb7: '•', 0xa7: '▪', 0xa8: '☐', 0x6f: '☐', 0xfe: '☑', 0xfd: '☒', 0xfc: '✓', 0xb1: '±', 0xa3: '≤', 0xb3: '≥' },
  ...{ 0xb4: '×', 0xb9: '≠', 0xbb: '≈', 0xb0: '°', 0xb8: '÷', 0xe5: '∑', 0xd6: '√', 0xae: '→' },
}

const pages: Readonly<Record<number, string>> = {
  ...{ 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 1361: 'euc-kr', 10000: 'macintosh', 10007: 'x-mac-cyrillic' },
  ...{ 65001: 'utf-8', 866: 'ibm866', 437: 'dos', 850: 'dos', 852: 'dos', 20866: 'koi8-r', 28592: 'iso-8859-2' },
}
/** Code pages by `\fcharset`; 2 are signs, and 1 is what the file says. */
const pageOfCharset: Readonly<Record<number, number>> = {
  ...{ 0: 1252, 77: 10000, 128: 932, 129: 949, 130: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258 },
  ...{ 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850 },
}

export type Decode = (bytes: Uint8Array) => string

export const decodeLatin: Decode = decodeWith('windows-1252')

/** Of a code page by its number; windows-1252 for one that nobody knows. */
export function decodePage(page: number): Decode {
  return decodeWith(pages[page] ?? `windows-${page}`)
}

/** Of a font's character set; null when it has none of its own. */
export function decodeCharset(charset: number): Decode | null {
  if (charset === 2) return decodeSigns
  const page = pageOfCharset[charset]
  return page === undefined ? null : decodePage(page)
}

function decodeWith(encoding: string): Decode {
  if (encoding === 'dos') return decodeDos
  try {
    const decoder = new TextDecoder(encoding)
    return (bytes) => decoder.decode(bytes)
  } catch {
    return decodeLatin
  }
}

function decodeDos(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : (dosLetters[byte - 0x80] ?? ' '))).join('')
}

function decodeSigns(bytes: Uint8Array): string {
  return Array.from(bytes, signOf).join('')
}

/** What a byte, or a letter of the private range, is in a font of signs. */
export function signOf(code: number): string {
  const byte = code & 0xff
  return symbolSigns[byte] ?? symbolCapitals[byte - 0x41] ?? symbolSmall[byte - 0x61] ?? String.fromCharCode(byte)
}
