/** Text that says nothing of its encoding, and CSV as banks and Excel write it. */
import { afterAll, expect, test } from 'vitest'
import { decodeText } from '../../electron/reader/text-encoding.ts'
import { encodeText } from '../fixtures/documents/encode-text.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

test.each([
  ['windows-1251', 'Имя;Отдел;Оклад\nИванов;Бухгалтерия;54000'],
  ['windows-1251', 'ДОГОВОР АРЕНДЫ № 5, срок – три месяца'],
  ['windows-1251', 'Ціна договору — 500 гривень, її сплата щомісяця'],
  ['koi8-r', 'Имя;Отдел;Оклад\nИванов;Бухгалтерия;54000'],
  ['iso-8859-5', 'Срок аренды составляет три месяца.'],
  ['ibm866', 'Срок аренды составляет три месяца.'],
  ['windows-1250', 'Umowa najmu: czynsz płatny miesięcznie, łódź'],
  ['windows-1250', 'Nájemní smlouva je uzavřena na dobu určitou, výpověď tři měsíce'],
  ['windows-1250', 'A bérleti díj összege kétszáz euró, fizetendő'],
  ['iso-8859-2', 'Umowa najmu: czynsz płatny miesięcznie, łódź'],
  ['windows-1252', 'Le loyer est payé à la fin du mois, très tôt – 50 €'],
  ['windows-1252', 'Die Miete beträgt fünfhundert Euro für größere Flächen'],
  ['windows-1252', '¿Cuánto paga el año? Mañana'],
  ['windows-1252', 'Café'],
  ['windows-1252', '20 °C ± 2, © Smith'],
  ['iso-8859-15', 'Prix : 50 € par été'],
  ['macintosh', 'Le loyer est payé à la fin du mois, très tôt'],
  ['windows-1253', 'Η μελέτη αφορά την Ελλάδα. Η προθεσμία είναι τρεις μήνες.'],
  ['iso-8859-7', 'Η μελέτη αφορά την Ελλάδα. Η προθεσμία είναι τρεις μήνες.'],
  ['windows-1254', 'Kira sözleşmesi üç aylık süre için yapılmıştır, ödeme aylıktır'],
  ['windows-1255', 'תקופת ההודעה היא שלושה חודשים'],
  ['windows-1256', 'مدة العقد ثلاثة أشهر والإيجار شهري'],
  ['windows-1257', 'Nuomos sutartis galioja tris mėnesius, mokėjimas kiekvieną mėnesį už šį'],
  ['windows-874', 'สัญญาเช่ามีกำหนดสามเดือน'],
  ['gbk', '姓名,部门,工资\n张伟,财务部,5400'],
  ['big5', '姓名,部門,薪資\n張偉,財務部,5400'],
  ['shift_jis', '氏名,部署,給与\n田中,経理部,5400'],
  ['shift_jis', 'カタカナ データ'],
  ['euc-jp', '契約期間は三か月とする。'],
  ['euc-kr', '계약 기간은 세 달로 한다. 임대료를 매월 지급한다.'],
])('%s: %s', (encoding, text) => {
  expect(decodeText(encodeText(text, encoding))).toBe(text)
})

test.each(['Имя;Отдел\nИванов;Бухгалтерия', '契約期間は三か月とする。\n敷金。', 'Les mois'])(
  'UTF-16 without a mark: %s',
  (text) => {
    const low = Buffer.from(text, 'utf16le')
    expect(decodeText(low)).toBe(text)
    expect(decodeText(Buffer.from(low).swap16())).toBe(text)
  },
)

test('numbers of two bytes are no text', async () => {
  const numbers = Buffer.from(Uint16Array.from({ length: 4000 }, (_, at) => (at * 7919) % 65_536).buffer)
  await expect(readDocument(keeper, 'a.dat', numbers)).rejects.toMatchObject({ code: 'document_unknown_format' })
})

const csv = async (content: string | Buffer): Promise<{ text: string; hasHeader: boolean; cells: string }> => {
  const { blocks } = await readDocument(keeper, 'a.csv', content)
  const place = blocks[0]?.places[0]?.place
  return { text: blocks[0]!.text, hasHeader: blocks[0]!.hasHeader, cells: place?.kind === 'sheet' ? place.cells : '' }
}

test('CSV in an old encoding keeps its header', async () => {
  const content = encodeText('Имя;Отдел;Оклад\r\nИванов;Бухгалтерия;54000\r\n', 'windows-1251')
  expect(await csv(content)).toEqual({ text: 'Имя\tОтдел\tОклад\nИванов\tБухгалтерия\t54000', hasHeader: true, cells: 'A1:C2' })
})

test.each(['sep=;\n', '\ufeffsep=;\r\n', '"sep=;"\n', 'SEP=;\n'])(
  'the line %j names what parts the cells and is no row',
  async (line) => {
    expect(await csv(`${line}Flat;Rent, net\nThird floor;1187\n`)).toEqual({
      text: 'Flat\tRent, net\nThird floor\t1187',
      hasHeader: true,
      cells: 'A1:B2',
    })
  },
)

test('CSV as banks write it: a quote after a space, numbers as formulas, a quote without an end', async () => {
  const rows = [
    'Account, Name, Amount',
    '="00123", "Smith, Anna", 5',
    '"=""00456""", "Doe, ""Bob""", 7',
    '00789, "Roe, 9',
    '00790, "Poe", 10',
    '00791, "5" screen", 11',
  ]
  expect((await csv(rows.join('\n'))).text.split('\n')).toEqual([
    'Account\tName\tAmount',
    '00123\tSmith, Anna\t5',
    '00456\tDoe, "Bob"\t7',
    '00789\t"Roe\t9',
    '00790\tPoe\t10',
    '00791\t5" screen\t11',
  ])
})

test('cells parted by tabs and by bars', async () => {
  expect((await csv('a\tb, c\n1\t2, 5')).text).toBe('a\tb, c\n1\t2, 5')
  expect((await csv('a|b, c\n1|2, 5')).text).toBe('a\tb, c\n1\t2, 5')
})

test.each([
  ['quotes that never close', '"x,'.repeat(300_000)],
  ['quotes behind quotes', `${'"a""b"c,'.repeat(200_000)}"`],
  ['one line of quotes', '"'.repeat(2_000_001)],
])('%s are read in bounded time', async (_what, content) => {
  expect((await readDocument(keeper, 'a.csv', content)).blocks.length).toBeGreaterThan(0)
})
