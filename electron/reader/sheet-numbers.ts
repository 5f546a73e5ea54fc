/** Numbers of a workbook as a person reads them: days, times and percentages are told from others by their format alone. */
import { readXml } from './markup.ts'
import type { ZipFile } from './zip-file.ts'

export interface NumberFormats {
  /** By style: how its numbers are shown. */
  styles: ('plain' | 'date' | 'percent')[]
  from1904: boolean
}

/** Excel writes no longer ones; looking at brackets that never close takes the square of their number. */
const longestFormat = 255
/** Formats that have a number but no text (ECMA-376, 18.8.30), days and times among them. */
const builtInDates = new Set([
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47, 50, 51, 52, 53, 54, 55, 56, 57, 58,
])
const builtInPercents = new Set([9, 10])

export async function dateFormats(zip: ZipFile, part: string | undefined, from1904: boolean): Promise<NumberFormats> {
  const styles: NumberFormats['styles'] = []
  const own = new Map<number, 'plain' | 'date' | 'percent'>()
  let inside = false
  if (part && zip.has(part)) {
    await readXml(zip.pieces(part), {
      open: (name, attributes) => {
        const number = Number(attributes['numFmtId'] ?? 0)
        if (name === 'numFmt') own.set(number, kindOf(attributes['formatCode'] ?? ''))
        else if (name === 'cellXfs') inside = true
        else if (name === 'xf' && inside) {
          styles.push(own.get(number) ?? (builtInDates.has(number) ? 'date' : builtInPercents.has(number) ? 'percent' : 'plain'))
        }
      },
      close: (name) => {
        if (name === 'cellXfs') inside = false
      },
    })
  }
  return { styles, from1904 }
}

function kindOf(format: string): 'plain' | 'date' | 'percent' {
  // Text in quotes, escaped characters, and colours or conditions in brackets say nothing of the kind.
  const signs = format.slice(0, longestFormat).replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, '')
  if (/[dmyhs]/i.test(signs) && !/[#0]/.test(signs.replace(/s[.,]0+/gi, ''))) return 'date'
  return signs.includes('%') ? 'percent' : 'plain'
}

/** @param text of the number as the file has it */
export function shownNumber(text: string, style: number, { styles, from1904 }: NumberFormats): string {
  const value = Number(text)
  if (!Number.isFinite(value)) return text
  const kind = styles[style] ?? 'plain'
  if (kind === 'percent') return `${rounded(value * 100)}%`
  return kind === 'date' ? (shownDay(value, from1904) ?? rounded(value)) : rounded(value)
}

/** Binary fractions show a tail that nobody typed: 15 digits are what Excel keeps. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(15)))
}

/** Days since 30 December 1899 or 1 January 1904, the fraction being the time. */
function shownDay(serial: number, from1904: boolean): string | null {
  const days = serial + (from1904 ? 1462 : 0)
  if (days < 0 || days > 2_958_466) return null
  // The 1900 calendar of Excel has a 29 February that never was.
  const real = days < 60 && !from1904 ? days + 1 : days
  const iso = new Date(Math.round((real - 25_569) * 86_400) * 1000).toISOString()
  const [day = '', time = ''] = iso.slice(0, 19).split('T')
  if (days < 1) return time
  return time === '00:00:00' ? day : `${day} ${time.replace(/:00$/, '')}`
}

export function shownAs(text: string, _format: string): string {
  return text
}
