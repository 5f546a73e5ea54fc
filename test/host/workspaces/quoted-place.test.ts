/** Where a quotation stands in a text that was read anew: found by its words, nearest to where it stood, and not found where they are not. */
import { expect, test } from 'vitest'
import { QuotedPlace } from '../../../electron/host/workspaces/text/quoted-place.ts'

const atOnce = (): Promise<void> => Promise.resolve()

/** The words that stand where the quotation was found; null when it was not. */
async function found(quotation: string, text: string, near = 0): Promise<string | null> {
  const place = new QuotedPlace(quotation)
  let start = 0
  for (const block of text.split('\n\n')) {
    await place.read(block, start, atOnce)
    start += block.length + 2
  }
  const stretch = await place.find(near, atOnce)
  return stretch && text.slice(stretch.start, stretch.end)
}

const clause = 'The tenant may give notice at any time, with three months of notice'
test.each([
  ['word for word', clause, `Lease\n\n${clause}.\n\nRent`, clause],
  ['across other line breaks', clause, 'Lease\n\nThe tenant may\n\ngive notice at any time, with three\nmonths of notice.', null],
  [
    'with a number that was lost before',
    'Either party may end it',
    'Terms\n\n2.1 Either party may end it',
    'Either party may end it',
  ],
  [
    'with accents written otherwise',
    'Résumé de l’année',
    'Un Re\u0301sume\u0301 de l\u2019anne\u0301e',
    'Re\u0301sume\u0301 de l\u2019anne\u0301e',
  ],
  ['in Chinese, where nothing parts the words', '合同期限', '本合同期限为三年', '合同期限'],
  ['with ligatures taken apart', 'ﬁnal oﬀer', 'The final offer', 'final offer'],
])('%s', async (_name, quotation, text, expected) => {
  expect(await found(quotation, text)).toBe(expected ?? text.slice(text.indexOf('The tenant'), -1))
})

test('a line that a newer reading found in the middle of it does not hide it', async () => {
  const text = 'Lease. The tenant may give notice at any time, as Article 9 says, with three months of notice. Rent follows'
  expect(await found(clause, text)).toBe('The tenant may give notice at any time, as Article 9 says, with three months of notice')
})

test('the one that is nearest to where it stood is meant', async () => {
  const text = 'Rent is due today. One. Rent is due tomorrow. Two. Rent is due never.'
  for (const [near, expected] of [
    [0, 0],
    [28, 24],
    [60, 51],
  ] as const) {
    const place = new QuotedPlace('rent is due')
    await place.read(text, 0, atOnce)
    expect(await place.find(near, atOnce)).toEqual({ start: expected, end: expected + 11 })
  }
})

test.each([
  ['nothing of it is there', clause, 'Something else entirely'],
  ['only a few of its words are', clause, 'The tenant may paint the walls'],
  ['its words stand far apart', clause, clause.split(' ').join(` ${'x '.repeat(50)}`)],
  ['it has no words', '…', 'Something else'],
  ['the text has none', clause, ''],
])('it is not found where %s', async (_name, quotation, text) => {
  expect(await found(quotation, text)).toBeNull()
})

test('a long text of one word over and over, quoted as long, is looked through quickly', async () => {
  const began = process.cpuUsage()
  const place = new QuotedPlace('na '.repeat(20_000))
  await place.read('na '.repeat(300_000), 0, atOnce)
  expect(await place.find(450_000, atOnce)).toMatchObject({ start: 450_000 })
  // Microseconds of this process: the machine may be busy with others.
  expect(process.cpuUsage(began).user).toBeLessThan(5_000_000)
})
