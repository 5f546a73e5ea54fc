/** Numbers of a workbook as a person reads them: styles say in which format each is shown. */
import { generalNumber, shownInFormat, textInFormat } from './number-format.ts'
import { readOfficeXml } from './office-markup.ts'
import type { ZipFile } from './zip-file.ts'

/** How cells of one style are shown. */
export interface CellLook {
  /** '' for none. */
  format: string
  struck: boolean
}

export interface NumberFormats {
  styles: CellLook[]
  from1904: boolean
}

/** Formats that have a number but no text (ECMA-376, 18.8.30). Days in the way of the reader's country are shown in the one that all understand. */
const builtIn: Readonly<Record<number, string>> = {
  ...{ 1: '0', 2: '0.00', 3: '#,##0', 4: '#,##0.00', 9: '0%', 10: '0.00%', 11: '0.00E+00', 12: '# ?/?', 13: '# ??/??' },
  ...{ 5: '#,##0;-#,##0', 6: '#,##0;-#,##0', 7: '#,##0.00;-#,##0.00', 8: '#,##0.00;-#,##0.00' },
  ...{ 14: 'yyyy-mm-dd', 15: 'd-mmm-yy', 16: 'd-mmm', 17: 'mmm-yy', 18: 'h:mm AM/PM', 19: 'h:mm:ss AM/PM', 20: 'h:mm' },
  ...{ 21: 'h:mm:ss', 22: 'yyyy-mm-dd h:mm', 37: '#,##0;(#,##0)', 38: '#,##0;(#,##0)', 39: '#,##0.00;(#,##0.00)' },
  ...{ 40: '#,##0.00;(#,##0.00)', 41: '#,##0;-#,##0;-', 42: '#,##0;-#,##0;-', 43: '#,##0.00;-#,##0.00;-' },
  ...{ 44: '#,##0.00;-#,##0.00;-', 45: 'mm:ss', 46: '[h]:mm:ss', 47: 'mm:ss.0', 48: '##0.0E+0', 49: '@' },
  ...Object.fromEntries([27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, 'yyyy-mm-dd'])),
  ...{ 32: 'h:mm', 33: 'h:mm:ss', 34: 'h:mm', 35: 'h:mm:ss', 55: 'h:mm', 56: 'h:mm:ss' },
}

/** What a format says that has a number. @param own texts that the workbook itself gives */
export function numberedFormat(number: number, own: ReadonlyMap<number, string>): string {
  const format = own.get(number) ?? builtIn[number] ?? ''
  return format.length > 255 ? '' : format
}

export async function cellLooks(zip: ZipFile, part: string | undefined, from1904: boolean): Promise<NumberFormats> {
  const styles: CellLook[] = []
  const own = new Map<number, string>()
  const struckFonts: boolean[] = []
  let inside = ''
  if (part && zip.has(part)) {
    await readOfficeXml(zip.pieces(part), {
      open: (name, attributes) => {
        const number = Number(attributes['numFmtId'] ?? 0)
        if (name === 'numFmt' && inside === '') own.set(number, attributes['formatCode'] ?? '')
        else if (name === 'cellXfs' || name === 'fonts' || name === 'dxfs') inside = name
        else if (name === 'font' && inside === 'fonts') struckFonts.push(false)
        else if (name === 'strike' && inside === 'fonts')
          struckFonts[struckFonts.length - 1] = !/^(0|false)$/.test(attributes['val'] ?? '')
        else if (name === 'xf' && inside === 'cellXfs') {
          const struck = struckFonts[Number(attributes['fontId'] ?? 0)] ?? false
          styles.push({ format: numberedFormat(number, own), struck })
        }
      },
      close: (name) => {
        if (name === inside) inside = ''
      },
    })
  }
  return { styles, from1904 }
}

/** @param text of the number as the file has it */
export function shownNumber(text: string, style: number, { styles, from1904 }: NumberFormats): string {
  return shownAs(text, styles[style]?.format ?? '', from1904)
}

/** A text that is shown in a cell of this style. */
export function shownText(text: string, style: number, { styles }: NumberFormats): string {
  const format = styles[style]?.format ?? ''
  return format.includes('@') && format !== '@' ? textInFormat(text, format) : text
}

/** @param text of a number; what is none is shown as it is @param format as Excel writes it, '' for none */
export function shownAs(text: string, format: string, from1904 = false): string {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) return text
  return format === '' ? generalNumber(value) : shownInFormat(value, format, from1904)
}
