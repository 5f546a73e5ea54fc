/** Mails inside their signature, encrypted ones, and Outlook's messages whose body is RTF alone; broken and hostile ones of each are bounded. */
import { afterAll, describe, expect, test } from 'vitest'
import { writeCompound } from '../fixtures/documents/compound-writer.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

/** A value of ASN.1 with a length of its own, or with a mark at its end. */
function der(tag: number, ...parts: (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const length = body.length < 0x80 ? [body.length] : [0x84, ...[24, 16, 8, 0].map((shift) => (body.length >>> shift) & 0xff)]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const endless = (tag: number, ...parts: Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.from([0, 0])])
const identifier = (hex: string): Buffer => der(6, Buffer.from(hex, 'hex'))
const [signedData, envelopedData, plainData] = ['2a864886f70d010702', '2a864886f70d010703', '2a864886f70d010701'].map(
  identifier,
) as [Buffer, Buffer, Buffer]
const version = der(2, Buffer.from([1]))
const signed = (content: string): Buffer =>
  der(0x30, signedData, der(0xa0, der(0x30, version, der(0x31), der(0x30, plainData, der(0xa0, der(4, content))), der(0x31))))
/** As programs write it that do not know the length before they are done. */
const signedInParts = (...parts: string[]): Buffer =>
  endless(
    0x30,
    signedData,
    endless(
      0xa0,
      endless(
        0x30,
        version,
        der(0x31),
        endless(0x30, plainData, endless(0xa0, endless(0x24, ...parts.map((part) => der(4, part))))),
      ),
    ),
  )
const encrypted = der(0x30, envelopedData, der(0xa0, der(0x30, version, der(0x31))))

const message =
  'Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>The rent is <b>700</b> euros.</p>\r\n--q\r\nContent-Disposition: attachment; filename=rents.csv\r\nContent-Type: text/csv\r\n\r\nFlat,Rent\r\n--q--\r\n'
const mailOf = (wrapped: Uint8Array, type = 'application/pkcs7-mime; smime-type=signed-data'): string =>
  `From: ann@example.org\r\nSubject: Rent\r\nMIME-Version: 1.0\r\nMessage-ID: <1@example.org>\r\nContent-Type: ${type}; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7m\r\n\r\n${Buffer.from(wrapped).toString('base64')}\r\n`

describe('a mail inside its signature', () => {
  test.each([
    ['whole', signed(message)],
    ['in parts', signedInParts(message.slice(0, 80), message.slice(80))],
    [
      'twice',
      signed(
        `Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n${signed(message).toString('base64')}\r\n`,
      ),
    ],
  ])('%s says what it says, with its files (bug: an attachment that nobody can read)', async (_, wrapped) => {
    const { blocks, attachments, end } = await readDocument(keeper, 'a.eml', mailOf(wrapped))
    expect(blocks.map(({ text }) => text)).toEqual([
      'Rent',
      'From: ann@example.org',
      'Attachments: rents.csv',
      'The rent is 700 euros.',
    ])
    expect(attachments.map(({ name, bytes }) => [name, bytes.toString().trim()])).toEqual([['rents.csv', 'Flat,Rent']])
    expect(end.cut).toEqual([])
  })

  test('an encrypted one is named, with what its head says', async () => {
    const { blocks, end } = await readDocument(
      keeper,
      'a.eml',
      mailOf(encrypted, 'application/pkcs7-mime; smime-type=enveloped-data'),
    )
    expect(blocks[0]?.text).toBe('Rent')
    expect(end.cut).toEqual(['encrypted'])
  })

  test('one that is cut off, lies about its length, or nests without end stays an attachment', async () => {
    let nested: Buffer = Buffer.from('x')
    for (let depth = 0; depth < 3000; depth++) nested = endless(0x24, nested)
    const deep = der(0x30, signedData, der(0xa0, der(0x30, version, der(0x31), der(0x30, plainData, der(0xa0, nested)))))
    const liar = Buffer.concat([Buffer.from([0x30, 0x86, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), signedData])
    const wide = endless(0x30, Buffer.alloc(2_000_000, 0x05))
    for (const wrapped of [deep, liar, wide, signed(message).subarray(0, 20), Buffer.from('no ASN.1')]) {
      const { blocks, attachments } = await readDocument(keeper, 'a.eml', mailOf(wrapped))
      expect(blocks[0]?.text).toBe('Rent')
      expect(attachments.map(({ name }) => name)).toEqual(['smime.p7m'])
    }
    let wrapped = signed(message)
    for (let depth = 0; depth < 8; depth++)
      wrapped = signed(
        `Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n${wrapped.toString('base64')}\r\n`,
      )
    expect((await readDocument(keeper, 'a.eml', mailOf(wrapped))).end.cut).toEqual(['text'])
  })
})

/** RTF as Outlook stores it. @param packed as [MS-OXRTFCP] has it in its examples, else as it is */
function stored(rtf: Uint8Array, mark: 'LZFu' | 'MELA', rawBytes: number): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt32LE(rtf.length + 12, 0)
  head.writeUInt32LE(rawBytes, 4)
  head.write(mark, 8, 'latin1')
  return Buffer.concat([head, rtf])
}
const plain = (rtf: string): Buffer => stored(Buffer.from(rtf, 'latin1'), 'MELA', rtf.length)
/** Where a stream is smaller than 4,096 bytes Outlook puts it elsewhere. */
const outlook = (rtf: Uint8Array): Buffer =>
  writeCompound({
    '__properties_version1.0': Buffer.alloc(32),
    '__substg1.0_10090102': Buffer.concat([rtf, Buffer.alloc(Math.max(0, 4096 - rtf.length))]),
  })
const texts = async (rtf: Uint8Array): Promise<string[]> =>
  (await readDocument(keeper, 'a.msg', outlook(rtf))).blocks.map(({ text }) => text)

describe('an Outlook message whose body is RTF alone', () => {
  test('is unpacked (bug: the mail had no body)', async () => {
    // Examples 1 and 2 of [MS-OXRTFCP] 3.1: “hello world”, and a run that repeats itself across the window.
    const first = Buffer.from('03000a007263706731323542320af32068656c090020627705b06c647d0a800fa0', 'hex')
    expect(await texts(stored(first, 'LZFu', 43))).toEqual(['hello world'])
    const second = Buffer.from('410004205758595a0d6e7d010eb0', 'hex')
    expect(await texts(stored(second, 'LZFu', 28))).toEqual(['WXYZWXYZWXYZWXYZWXYZ'])
  })

  test('keeps the web page that it was made of', async () => {
    const page = String.raw`{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial;}}{\colortbl;\red0\green0\blue0;}
{\*\htmltag19 <html>}{\*\htmltag50 <body>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 The rent is {\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 700{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0 \'80 {\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0  \u8364?\{all\}.{\*\htmltag72 </p>}\htmlrtf \par}\htmlrtf0
{\*\htmltag240 <table><tr><td>}Flat{\*\htmltag248 </td><td>}{\f1 \'c4\'ee\'ec}{\*\htmltag248 </td></tr></table>}{\*\mhtmltag64 <p>no}{\*\htmltag58 </body>}}`
    expect(await texts(plain(page))).toEqual(['The rent is 700€ < €{all}.', 'Flat\tДом'])
  })

  test('that was made of text, or by hand, is read as RTF', async () => {
    expect(
      await texts(plain(String.raw`{\rtf1\ansi\fromtext\fbidis\deff0{\fonttbl{\f0 Arial;}}One.\par Two \'e9.\par}`)),
    ).toEqual(['One.', 'Two é.'])
  })

  test('and broken or hostile is bounded', async () => {
    const claims = stored(Buffer.alloc(64, 0xff), 'LZFu', 0xffffffff)
    expect((await texts(claims)).join('').length).toBeLessThan(64 * 9)
    expect(await texts(Buffer.from('short'))).toEqual([])
    const deep = plain(`{\\rtf1\\fromhtml1 ${'{'.repeat(100_000)}deep`)
    expect(await texts(deep)).toEqual(['deep'])
  })
})
