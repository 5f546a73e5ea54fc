/** The outer form of a PDF file: numbered objects, streams, the table of where each lies. Knows nothing of pages. */
import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'

/** A reference to an object. */
export type Reference = `${number} 0 R`
/** What a PDF's dictionary may hold; a string here is written as it stands: a name, a reference, a number. */
export type PdfValue = string | number | boolean | readonly PdfValue[] | { readonly [key: string]: PdfValue }

export class PdfObjects {
  readonly #bodies: (Buffer | null)[] = []

  /** A number for an object that is written later. */
  reserve(): Reference {
    this.#bodies.push(null)
    return `${this.#bodies.length} 0 R`
  }

  add(value: PdfValue): Reference {
    const reference = this.reserve()
    this.write(reference, value)
    return reference
  }

  write(reference: Reference, value: PdfValue): void {
    this.#bodies[Number.parseInt(reference, 10) - 1] = Buffer.from(written(value))
  }

  /** @param isPlain for what readers look for without unpacking: the metadata */
  addStream(bytes: Uint8Array, more: Record<string, PdfValue> = {}, isPlain = false): Reference {
    const packed = isPlain ? bytes : deflateSync(bytes, { level: 9 })
    const head = written({ ...more, ...(isPlain ? {} : { Filter: '/FlateDecode' }), Length: packed.length })
    const reference = this.reserve()
    this.#bodies[Number.parseInt(reference, 10) - 1] = Buffer.concat([
      Buffer.from(`${head}\nstream\n`),
      packed,
      Buffer.from('\nendstream'),
    ])
    return reference
  }

  /** The whole file. Its identity follows from what is in it. */
  file(root: Reference, info: Reference): Buffer {
    // The second line tells programs that look that this is no text.
    const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')]
    let offset = parts[0]?.length ?? 0
    const offsets = this.#bodies.map((body, index) => {
      const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body ?? Buffer.from('null'), Buffer.from('\nendobj\n')])
      const at = offset
      parts.push(object)
      offset += object.length
      return at
    })
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    const id = `<${hash.digest('hex').slice(0, 32)}>`
    const lines = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`)
    const trailer = written({ Size: offsets.length + 1, Root: root, Info: info, ID: [id, id] })
    parts.push(
      Buffer.from(
        `xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${lines.join('')}trailer\n${trailer}\nstartxref\n${offset}\n%%EOF\n`,
      ),
    )
    return Buffer.concat(parts)
  }
}

function written(value: PdfValue): string {
  if (typeof value === 'object')
    return isList(value)
      ? `[${value.map(written).join(' ')}]`
      : `<<${Object.entries(value)
          .map(([key, each]) => `/${key} ${written(each)}`)
          .join(' ')}>>`
  return typeof value === 'number' ? decimal(value) : String(value)
}

function isList(value: PdfValue): value is readonly PdfValue[] {
  return Array.isArray(value)
}

/** A number without an exponent, to a thousandth of a point. */
export function decimal(value: number): string {
  return String(Number(value.toFixed(3)))
}

/** Words for people, in any script. */
export function textString(text: string): string {
  const bytes = Buffer.from(`\ufeff${text.toWellFormed()}`, 'utf16le').swap16()
  return `<${bytes.toString('hex')}>`
}

/** A time in UTC. */
export function dateString(time: number): string {
  return `(D:${new Date(time).toISOString().replace(/[-T:]/g, '').slice(0, 14)}Z)`
}

/** An address: nothing in it can end the string. */
export function addressString(address: string): string {
  return `<${Buffer.from(address.toWellFormed()).toString('hex')}>`
}
