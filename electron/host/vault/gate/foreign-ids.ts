/** New ids for what arrives: ids are unique over all workspaces, so that the same file can be taken in twice. */
import { createHmac, randomBytes } from 'node:crypto'

/** Gives each id of a file another one, always the same for the same, without keeping any of them: there may be millions. */
export class ForeignIds {
  readonly #key = randomBytes(32)

  /** @param kind of the row: two tables may use the same id */
  of(kind: string, id: string): string {
    const bytes = createHmac('sha256', this.#key).update(`${kind}\0${id}`).digest().subarray(0, 16)
    // The form of a random UUID (RFC 9562, version 4).
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
    const hex = bytes.toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  ofNullable(kind: string, id: string | null): string | null {
    return id === null ? null : this.of(kind, id)
  }
}
