/**
 * Microsoft's older files ([MS-CFB]): a small file system of streams in chains of sectors. Read here for what is encrypted, and looked
 * over before other parsers get it, which follow a chain that bites its tail for ever.
 */
import { AppError } from '../../contract/errors.ts'
import { bytesOfHex, joined, viewOf, wideText } from './bytes.ts'

/** Sector numbers that are none: the end of a chain and all above it. */
const firstMark = 0xfffffffa
const noEntry = 0xffffffff
const entryBytes = 128
const firstBytes = bytesOfHex('d0cf11e0a1b11ae1')

interface Entry {
  name: string
  isStream: boolean
  left: number
  right: number
  child: number
  start: number
  sizeBytes: number
}

export class CompoundFile {
  readonly #bytes: Uint8Array
  readonly #sectorBytes: number
  readonly #smallBytes: number
  readonly #smallLimit: number
  readonly #next: number[] = []
  readonly #nextSmall: number[]
  readonly #small: Uint8Array
  readonly #entries: Entry[]
  /** Bytes that may still be followed: streams that share sectors could ask for all of them a million times. */
  #bearable: number
  /** Streams by their path, such as `EncryptionInfo` or `Root/Inner`. */
  readonly #streams = new Map<string, Entry>()

  static isOne(bytes: Uint8Array): boolean {
    return firstBytes.every((byte, at) => bytes[at] === byte)
  }

  /** @throws AppError document_broken when a chain or the tree of names has no end, or leads out of the file */
  static open(bytes: Uint8Array): CompoundFile {
    try {
      return new CompoundFile(bytes)
    } catch (error) {
      throw error instanceof RangeError ? broken() : error
    }
  }

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    const head = viewOf(bytes)
    this.#bearable = bytes.length * 4
    const [shift, smallShift] = [head.getUint16(30, true), head.getUint16(32, true)]
    if ((shift !== 9 && shift !== 12) || smallShift > shift) throw broken()
    this.#sectorBytes = 2 ** shift
    this.#smallBytes = 2 ** smallShift
    this.#smallLimit = head.getUint32(56, true)
    for (const sector of this.#tableSectors()) {
      const table = viewOf(this.#sector(sector))
      for (let at = 0; at < this.#sectorBytes; at += 4) this.#next.push(table.getUint32(at, true))
    }
    this.#entries = this.#readEntries(this.#follow(head.getUint32(48, true)))
    const [root] = this.#entries
    if (!root) throw broken()
    this.#nextSmall = numbersOf(this.#follow(head.getUint32(60, true)))
    this.#small = this.#follow(root.start)
    this.#gather(root)
  }

  get names(): string[] {
    return [...this.#streams.keys()]
  }

  has(name: string): boolean {
    return this.#streams.has(name)
  }

  /** @throws AppError document_broken when it is not there or not whole */
  read(name: string): Uint8Array {
    const entry = this.#streams.get(name)
    if (!entry) throw broken()
    const whole = this.#chain(entry)
    if (whole.length < entry.sizeBytes) throw broken()
    return whole.subarray(0, entry.sizeBytes)
  }

  #chain({ start, sizeBytes }: Entry): Uint8Array {
    if (sizeBytes === 0) return new Uint8Array()
    const whole = sizeBytes < this.#smallLimit ? this.#followSmall(start) : this.#follow(start)
    this.#bearable -= whole.length
    if (this.#bearable < 0) throw broken()
    return whole
  }

  /** The sectors that hold the table of chains: the first 109 stand in the head, others in a chain of their own. */
  #tableSectors(): number[] {
    const sectors: number[] = []
    const add = (from: DataView, at: number, count: number): void => {
      for (let each = 0; each < count; each++) {
        const sector = from.getUint32(at + each * 4, true)
        if (sector < firstMark) sectors.push(sector)
      }
    }
    const head = viewOf(this.#bytes)
    add(head, 76, 109)
    const perSector = this.#sectorBytes / 4 - 1
    const seen = new Set<number>()
    for (let sector = head.getUint32(68, true); sector < firstMark;) {
      if (seen.has(sector)) throw broken()
      seen.add(sector)
      const table = viewOf(this.#sector(sector))
      add(table, 0, perSector)
      sector = table.getUint32(perSector * 4, true)
    }
    if (sectors.length * this.#sectorBytes > this.#bytes.length) throw broken()
    return sectors
  }

  #sector(number: number): Uint8Array {
    const start = (number + 1) * this.#sectorBytes
    if (start >= this.#bytes.length) throw broken()
    const sector = this.#bytes.subarray(start, start + this.#sectorBytes)
    // The last one may be cut short.
    return sector.length === this.#sectorBytes ? sector : joined([sector, new Uint8Array(this.#sectorBytes - sector.length)])
  }

  #follow(start: number): Uint8Array {
    return chainOf(start, this.#next, (sector) => this.#sector(sector))
  }

  #followSmall(start: number): Uint8Array {
    return chainOf(start, this.#nextSmall, (sector) => {
      const part = this.#small.subarray(sector * this.#smallBytes, (sector + 1) * this.#smallBytes)
      if (part.length < this.#smallBytes) throw broken()
      return part
    })
  }

  #readEntries(directory: Uint8Array): Entry[] {
    const view = viewOf(directory)
    const entries: Entry[] = []
    for (let at = 0; at + entryBytes <= directory.length; at += entryBytes) {
      const nameBytes = Math.min(64, view.getUint16(at + 64, true))
      entries.push({
        name: wideText(directory.subarray(at, at + Math.max(0, nameBytes - 2))),
        isStream: directory[at + 66] === 2,
        left: view.getUint32(at + 68, true),
        right: view.getUint32(at + 72, true),
        child: view.getUint32(at + 76, true),
        start: view.getUint32(at + 116, true),
        sizeBytes: view.getUint32(at + 120, true),
      })
    }
    return entries
  }

  /** Every entry that the root leads to, each once: two ways to one are a tree that bites its tail. */
  #gather(root: Entry): void {
    const seen = new Set<number>([0])
    const open: { number: number; folder: string }[] = [{ number: root.child, folder: '' }]
    for (let next = open.pop(); next; next = open.pop()) {
      if (next.number === noEntry) continue
      const entry = this.#entries[next.number]
      if (!entry || seen.has(next.number)) throw broken()
      seen.add(next.number)
      const { folder } = next
      const path = folder + entry.name
      if (entry.isStream) {
        this.#chain(entry)
        this.#streams.set(path, entry)
      } else open.push({ number: entry.child, folder: `${path}/` })
      open.push({ number: entry.left, folder }, { number: entry.right, folder })
    }
  }
}

/** The sectors from `start` to the end of their chain, together. */
function chainOf(start: number, next: readonly number[], sector: (number: number) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  const seen = new Set<number>()
  for (let at = start; at < firstMark; at = next[at] ?? firstMark) {
    if (seen.has(at)) throw broken()
    seen.add(at)
    parts.push(sector(at))
  }
  return joined(parts)
}

function numbersOf(bytes: Uint8Array): number[] {
  const view = viewOf(bytes)
  return Array.from({ length: bytes.length >> 2 }, (_, at) => view.getUint32(at * 4, true))
}

function broken(): AppError {
  return new AppError('document_broken', 'The file is damaged')
}
