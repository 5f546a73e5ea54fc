/**
 * The stream of a PowerPoint file of before 2007 ([MS-PPT] 2.1.2): objects by their number, where the last edit put them. PowerPoint appends what
 * was changed; older states of an object stay in the file and are not shown.
 */
import { AppError } from '../../../contract/errors.ts'
import { viewOf } from '../bytes.ts'
import type { CompoundFile } from '../compound-file.ts'
import { rc4Blocks, type BlockCipher } from '../office-rc4.ts'
import { firstRecord, RecordBudget, type OfficeRecord } from '../office-records.ts'
import { pptTypes } from './ppt-types.ts'

/** Edits that are followed, and objects. */
const mostEdits = 100_000
const mostObjects = 2_000_000
/** The number in the head of `Current User` of a file whose objects are encrypted. */
const encryptedMark = 0xf3d1c4df

export class PptFile {
  readonly #bytes: Uint8Array
  readonly #places = new Map<number, number>()
  readonly #cipher: BlockCipher | null
  /** Bytes that may still be decrypted: a million slides could be one and the same object. */
  #bearable: number
  readonly budget = new RecordBudget()
  /** The number of the object that holds all others. */
  readonly documentNumber: number

  /** @throws AppError document_broken, document_encrypted, document_wrong_password, document_protected */
  constructor(file: CompoundFile, folder: string, password: string | null) {
    this.#bytes = file.read(`${folder}PowerPoint Document`)
    this.#bearable = this.#bytes.length * 4
    const user = file.has(`${folder}Current User`) ? file.read(`${folder}Current User`) : new Uint8Array()
    const isNamed = user.length >= 20
    const edits = this.#edits(isNamed ? viewOf(user).getUint32(16, true) : null)
    const [newest] = edits
    if (!newest) throw new AppError('document_broken', 'A presentation without its last edit')
    this.documentNumber = viewOf(newest).getUint32(16, true)
    for (const edit of edits) this.#addPlaces(viewOf(edit).getUint32(12, true))
    const isEncrypted = newest.length >= 32 || (isNamed && viewOf(user).getUint32(12, true) === encryptedMark)
    this.#cipher = isEncrypted ? this.#unlock(newest, password) : null
  }

  /** An object with what is in it; null when it is not there or of another type. */
  object(number: number, type: number): OfficeRecord | null {
    const at = this.#places.get(number)
    const record = at === undefined ? null : this.#recordAt(at, number)
    return record?.type === type ? record : null
  }

  #recordAt(at: number, number: number | null): OfficeRecord | null {
    if (at + 8 > this.#bytes.length) return null
    const cipher = number === null || this.#cipher === null ? null : this.#cipher(number)
    if (!cipher) return firstRecord(this.#bytes.subarray(at, this.#endOf(viewOf(this.#bytes), at)), this.budget)
    const head = cipher.apply(this.#bytes.subarray(at, at + 8))
    const end = at + 8 + viewOf(head).getUint32(4, true)
    this.#bearable -= end - at
    if (end > this.#bytes.length || this.#bearable < 0) {
      this.budget.isCut = true
      return null
    }
    const whole = new Uint8Array(end - at)
    whole.set(head)
    whole.set(cipher.apply(this.#bytes.subarray(at + 8, end)), 8)
    return firstRecord(whole, this.budget)
  }

  #endOf(view: DataView, at: number): number {
    return at + 8 + view.getUint32(at + 4, true)
  }

  /** From the newest one back; without a place of it, the last one in the stream. */
  #edits(place: number | null): Uint8Array[] {
    const edits: Uint8Array[] = []
    const seen = new Set<number>()
    for (let at = place === null || !this.#editAt(place) ? this.#lastEdit() : place; at > 0 && edits.length < mostEdits;) {
      const edit = seen.has(at) ? null : this.#editAt(at)
      if (!edit) break
      seen.add(at)
      edits.push(edit)
      at = viewOf(edit).getUint32(8, true)
    }
    return edits
  }

  #editAt(at: number): Uint8Array | null {
    const record = this.#recordAt(at, null)
    return record?.type === pptTypes.edit && record.body.length >= 28 ? record.body : null
  }

  #lastEdit(): number {
    const view = viewOf(this.#bytes)
    let last = 0
    for (let at = 0; at + 8 <= this.#bytes.length && this.budget.take(); at = this.#endOf(view, at))
      if (view.getUint16(at + 2, true) === pptTypes.edit) last = at
    return last
  }

  /** Where objects are by one edit; those of newer ones stay. */
  #addPlaces(at: number): void {
    const record = this.#recordAt(at, null)
    if (record?.type !== pptTypes.places) {
      this.budget.isCut = true
      return
    }
    const view = viewOf(record.body)
    for (let next = 0; next + 4 <= view.byteLength;) {
      const head = view.getUint32(next, true)
      const first = head & 0xfffff
      next += 4
      for (let each = 0; each < head >>> 20 && next + 4 <= view.byteLength; each++, next += 4)
        if (!this.#places.has(first + each) && this.#places.size < mostObjects)
          this.#places.set(first + each, view.getUint32(next, true))
    }
  }

  #unlock(edit: Uint8Array, password: string | null): BlockCipher {
    const at = edit.length >= 32 ? this.#places.get(viewOf(edit).getUint32(28, true)) : undefined
    const session = at === undefined ? null : this.#recordAt(at, null)
    if (session?.type !== pptTypes.cryptSession) throw new AppError('document_protected', 'An older way to encrypt')
    const cipher = rc4Blocks(session.body, password === null ? [] : [password])
    if (cipher) return cipher
    throw password === null
      ? new AppError('document_encrypted', 'An encrypted presentation')
      : new AppError('document_wrong_password', 'Not the password of the presentation')
  }
}
