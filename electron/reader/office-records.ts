/** Records inside records, as PowerPoint's older files and the drawings of Office are made ([MS-PPT] 2.3.1, [MS-ODRAW] 2.2.1). */
import { viewOf } from './bytes.ts'

/** A record with its own bytes, a view of those of the file. */
export interface OfficeRecord {
  type: number
  instance: number
  /** Whether it is made of records. */
  isContainer: boolean
  body: Uint8Array
}

/** Records of one file that are looked at: a presentation of 1,000 slides has half a million. */
const mostRecords = 3_000_000
/** Containers inside one another; PowerPoint writes some ten, and one more for each group. */
const deepest = 200

/** What reading the records of one file may cost, and whether they were whole. */
export class RecordBudget {
  #left = mostRecords
  /** Whether a record claimed more bytes than there are, or there were too many of them. */
  isCut = false

  /** Whether another record may be looked at. */
  take(): boolean {
    if (this.#left <= 0) this.isCut = true
    return this.#left-- > 0
  }
}

/**
 * The records that lie side by side in these bytes. One that claims more than there is ends at the end.
 * @param isAside whether nothing is lost with what is not whole: writers leave odd bytes behind what they add to a shape
 */
export function* recordsIn(bytes: Uint8Array, budget: RecordBudget, isAside = false): Generator<OfficeRecord> {
  const view = viewOf(bytes)
  for (let at = 0; at + 8 <= bytes.length && budget.take();) {
    const head = view.getUint16(at, true)
    const length = view.getUint32(at + 4, true)
    if (at + 8 + length > bytes.length && !isAside) budget.isCut = true
    const body = bytes.subarray(at + 8, at + 8 + length)
    yield { type: view.getUint16(at + 2, true), instance: head >> 4, isContainer: (head & 15) === 15, body }
    at += 8 + length
  }
}

/** The first of the records that lie side by side in these bytes. */
export function firstRecord(bytes: Uint8Array, budget: RecordBudget): OfficeRecord | null {
  for (const record of recordsIn(bytes, budget)) return record
  return null
}

/** All records of these types, however deep they lie, in their order; inside of one that is found no others are sought. */
export function* recordsWithin(
  bytes: Uint8Array,
  types: ReadonlySet<number>,
  budget: RecordBudget,
  depth = 0,
): Generator<OfficeRecord> {
  for (const record of recordsIn(bytes, budget)) {
    if (types.has(record.type)) yield record
    else if (record.isContainer && depth < deepest) yield* recordsWithin(record.body, types, budget, depth + 1)
  }
}

/** The records at the end of a path of types, one inside the other. @param isAside as of `recordsIn` */
export function* recordsAlong(
  bytes: Uint8Array,
  [type, ...path]: readonly number[],
  budget: RecordBudget,
  isAside = false,
): Generator<OfficeRecord> {
  for (const record of recordsIn(bytes, budget, isAside)) {
    if (record.type !== type) continue
    if (path.length === 0) yield record
    else yield* recordsAlong(record.body, path, budget, isAside)
  }
}
