/**
 * Microsoft's older files ([MS-CFB]): a small file system of streams in chains of sectors. Read here for what is encrypted, and looked
 * over before other parsers get it, which follow a chain that bites its tail for ever.
 */
import { AppError } from '../../contract/errors.ts'

/** Sector numbers that are none: the end of a chain and all above it. */
const firstMark = 0xfffffffa
const noEntry = 0xffffffff
const entryBytes = 128

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
  readonly #bytes: Buffer
  readonly #sectorBytes: number
  readonly #smallBytes: number
  readonly #smallLimit: number
  readonly #next: number[] = []
  readonly #nextSmall: number[]
  readonly #small: Buffer
  readonly #entries: Entry[]
  /** Bytes that may still be followed: streams that share sectors could ask for all of them a million times. */
  #bearable: number
  /** Streams by their path, such as `EncryptionInfo` or `Root/Inner`. */
  readonly #streams = new Map<string, Entry>()

  static isOne(bytes: Uint8Array): boolean {
    return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.length)).toString('hex') === 'd0cf11e0a1b11ae1'
  }

  /** @throws AppError document_broken when a chain or the tree of names has no end, or leads out of the file */
  static open(bytes: Uint8Array): CompoundFile {
    try {
      return new CompoundFile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    } catch (error) {
      throw error instanceof RangeError ? broken() : error
    }
  }

  private constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#bearable = bytes.length * 4
    const [shift, smallShift] = [bytes.readUInt16LE(30), bytes.readUInt16LE(32)]
    if ((shift !== 9 && shift !== 12) || smallShift > shift) throw broken()
    this.#sectorBytes = 2 ** shift
    this.#smallBytes = 2 ** smallShift
    this.#smallLimit = bytes.readUInt32LE(56)
    for (const sector of this.#tableSectors()) {
      for (let at = 0; at < this.#sectorBytes; at += 4) this.#next.push(this.#sector(sector).readUInt32LE(at))
    }
    this.#entries = this.#readEntries(this.#follow(bytes.readUInt32LE(48)))
    const [root] = this.#entries
    if (!root) throw broken()
    this.#nextSmall = numbersOf(this.#follow(bytes.readUInt32LE(60)))
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
  read(name: string): Buffer {
    const entry = this.#streams.get(name)
    if (!entry) throw broken()
    const whole = this.#chain(entry)
    if (whole.length < entry.sizeBytes) throw broken()
    return whole.subarray(0, entry.sizeBytes)
  }

  #chain({ start, sizeBytes }: Entry): Buffer {
    if (sizeBytes === 0) return Buffer.alloc(0)
    const whole = sizeBytes < this.#smallLimit ? this.#followSmall(start) : this.#follow(start)
    this.#bearable -= whole.length
    if (this.#bearable < 0) throw broken()
    return whole
  }

  /** The sectors that hold the table of chains: the first 109 stand in the head, others in a chain of their own. */
  #tableSectors(): number[] {
    const sectors: number[] = []
    const add = (from: Buffer, at: number, count: number): void => {
      for (let each = 0; each < count; each++) {
        const sector = from.readUInt32LE(at + each * 4)
        if (sector < firstMark) sectors.push(sector)
      }
    }
    add(this.#bytes, 76, 109)
    const perSector = this.#sectorBytes / 4 - 1
    const seen = new Set<number>()
    for (let sector = this.#bytes.readUInt32LE(68); sector < firstMark;) {
      if (seen.has(sector)) throw broken()
      seen.add(sector)
      const table = this.#sector(sector)
      add(table, 0, perSector)
      sector = table.readUInt32LE(perSector * 4)
    }
    if (sectors.length * this.#sectorBytes > this.#bytes.length) throw broken()
    return sectors
  }

  #sector(number: number): Buffer {
    const start = (number + 1) * this.#sectorBytes
    if (start >= this.#bytes.length) throw broken()
    const sector = this.#bytes.subarray(start, start + this.#sectorBytes)
    // The last one may be cut short.
    return sector.length === this.#sectorBytes ? sector : Buffer.concat([sector], this.#sectorBytes)
  }

  #follow(start: number): Buffer {
    return chainOf(start, this.#next, (sector) => this.#sector(sector))
  }

  #followSmall(start: number): Buffer {
    return chainOf(start, this.#nextSmall, (sector) => {
      const part = this.#small.subarray(sector * this.#smallBytes, (sector + 1) * this.#smallBytes)
      if (part.length < this.#smallBytes) throw broken()
      return part
    })
  }

  #readEntries(directory: Buffer): Entry[] {
    const entries: Entry[] = []
    for (let at = 0; at + entryBytes <= directory.length; at += entryBytes) {
      const nameBytes = Math.min(64, directory.readUInt16LE(at + 64))
      entries.push({
        name: directory.toString('utf16le', at, at + Math.max(0, nameBytes - 2)),
        isStream: directory[at + 66] === 2,
        left: directory.readUInt32LE(at + 68),
        right: directory.readUInt32LE(at + 72),
        child: directory.readUInt32LE(at + 76),
        start: directory.readUInt32LE(at + 116),
        sizeBytes: directory.readUInt32LE(at + 120),
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
function chainOf(start: number, next: readonly number[], sector: (number: number) => Buffer): Buffer {
  const parts: Buffer[] = []
  const seen = new Set<number>()
  for (let at = start; at < firstMark; at = next[at] ?? firstMark) {
    if (seen.has(at)) throw broken()
    seen.add(at)
    parts.push(sector(at))
  }
  return Buffer.concat(parts)
}

function numbersOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length >> 2 }, (_, at) => bytes.readUInt32LE(at * 4))
}

function broken(): AppError {
  return new AppError('document_broken', 'The file is damaged')
}
