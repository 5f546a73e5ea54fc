/** A tree of hashes as RFC 6962 (section 2.1) has it, kept in tiles of 256 hashes as C2SP tlog-tiles has them. Knows nothing of where they are kept. */
import { hash } from 'node:crypto'

export const hashBytes = 32
/** Hashes of a tile. */
export const tileWidth = 256
const tileBytes = hashBytes * tileWidth

/** The bytes of a tile: of level 0 the hashes of entries, above it those of full tiles below. Empty where there is none. */
export type ReadTile = (level: number, number: number) => Buffer

export function leafHash(entry: string): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0), Buffer.from(entry, 'utf8')]), 'buffer')
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer')
}

/** The root over hashes that stand one after the other, at least one. */
export function rootOver(hashes: Buffer): Buffer {
  const count = hashes.length / hashBytes
  if (count <= 1) return Buffer.from(hashes)
  const left = 2 ** Math.floor(Math.log2(count - 1)) * hashBytes
  return nodeHash(rootOver(hashes.subarray(0, left)), rootOver(hashes.subarray(left)))
}

/** The root of the first `size` entries. The tiles may hold more. @throws Error when a hash is missing */
export function rootAt(size: number, read: ReadTile): Buffer {
  let root: Buffer | null = null
  // The whole subtrees that a size is made of, one for each of its binary digits; the smallest stand at the right.
  for (let height = 0, rest = size; rest > 0; height++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 0) continue
    const level = Math.floor(height / 8)
    const width = 2 ** (height % 8)
    const first = (rest - 1) * width
    const from = (first % tileWidth) * hashBytes
    const hashes = read(level, Math.floor(first / tileWidth)).subarray(from, from + width * hashBytes)
    if (hashes.length !== width * hashBytes) throw new Error('A hash of the tree is missing')
    const peak = rootOver(hashes)
    root = root ? nodeHash(peak, root) : peak
  }
  return root ?? hash('sha256', Buffer.alloc(0), 'buffer')
}

/** Tiles that change when hashes of entries are added after `size`. @throws Error when the last tile is not as long as the size says */
export function grown(
  size: number,
  added: readonly Buffer[],
  read: ReadTile,
): { level: number; number: number; hashes: Buffer }[] {
  const changed: { level: number; number: number; hashes: Buffer }[] = []
  for (let level = 0, at = size, coming = added; coming.length > 0; level++, at = Math.floor(at / tileWidth)) {
    const above: Buffer[] = []
    let number = Math.floor(at / tileWidth)
    const there = at % tileWidth === 0 ? Buffer.alloc(0) : read(level, number)
    if (there.length !== (at % tileWidth) * hashBytes) throw new Error('The last tile is not as long as the log says')
    let rest = Buffer.concat([there, ...coming])
    for (; rest.length > 0; number++) {
      const hashes = rest.subarray(0, tileBytes)
      rest = rest.subarray(tileBytes)
      changed.push({ level, number, hashes })
      if (hashes.length === tileBytes) above.push(rootOver(hashes))
    }
    coming = above
  }
  return changed
}

/** Where a tile lies in a folder, by C2SP tlog-tiles: the number in groups of three digits, all but the last with an x; a partial one says how wide it is. */
export function tilePath(level: number, number: number, width: number): string {
  const digits = String(number).padStart(Math.ceil(String(number).length / 3) * 3, '0')
  const groups = digits.match(/.{3}/g) ?? []
  const path = groups.map((group, index) => (index < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${path}${width < tileWidth ? `.p/${width}` : ''}`
}
