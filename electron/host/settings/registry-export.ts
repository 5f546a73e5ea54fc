/** Reads what `reg.exe export` writes: UTF-16 text, whatever code page the console has, and whatever language Windows speaks. */

/** A value of the registry. Binary data is of no use to a policy and is null. */
export interface RegistryValue {
  /** Below the hive, as it is spelt there: `SOFTWARE\Policies\Alambic\Recommended`. */
  key: string
  /** Empty for the key's default value. */
  name: string
  value: string | number | string[] | null
}

/** @throws Error for bytes that are no export */
export function readRegistryExport(bytes: Buffer): RegistryValue[] {
  const text = decoded(bytes)
  if (!text.startsWith('Windows Registry Editor Version 5.00')) throw new Error('not an export of the registry')
  const values: RegistryValue[] = []
  let key = ''
  // A text may hold line breaks of its own, numbers in hexadecimal go on after a backslash.
  for (const [, opened, name, string, rest] of text.matchAll(line)) {
    if (opened !== undefined) key = opened
    else
      values.push({ key, name: unescaped(name ?? ''), value: string === undefined ? numbersIn(rest ?? '') : unescaped(string) })
  }
  return values
}

/** `[HKEY_LOCAL_MACHINE\…]`, or a name (`@` for the default) with a quoted text or with `dword:` and `hex…:`. */
const line =
  /^\[[^\\\]\r\n]+\\([^\r\n]*)\]\r?$|^(?:@|"((?:[^"\\]|\\.)*)")=(?:"((?:[^"\\]|\\.)*)"|((?:[^\\\r\n]|\\\r?\n)*))\r?$/gms

function decoded(bytes: Buffer): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.subarray(2).toString('utf16le') : bytes.toString('utf8')
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(["\\])/g, '$1')
}

/** `dword:0000000f`, or `hex(TYPE):` and bytes; types as in winnt.h: 2 expandable text, 7 several texts, b a long number, least byte first. */
function numbersIn(text: string): RegistryValue['value'] {
  const [, word, type, digits = ''] = /^(?:dword:([0-9a-f]{1,8})|hex(?:\(([0-9a-f]+)\))?:(.*))\s*$/is.exec(text) ?? []
  if (word !== undefined) return Number.parseInt(word, 16)
  const bytes = Buffer.from(digits.replaceAll(/[^0-9a-f]/gi, ''), 'hex')
  if (type === '2') return bytes.toString('utf16le').replace(/\0+$/, '')
  if (type === '7') return bytes.toString('utf16le').replace(/\0+$/, '').split('\0')
  if (type === 'b' && bytes.length === 8) return Number(bytes.readBigUInt64LE())
  return null
}
