/** Whether a log is what its hashes say, wherever it lies: in the main file or in an exported folder. Trusts nothing of it. */
import { hashBytes, leafHash, rootAt, rootOver, tileWidth, type ReadTile } from './merkle.ts'
import type { Checkpoint } from './checkpoint.ts'

/** A log that can be gone through. */
export interface LogSource {
  read: ReadTile
  /** Entries in order, some at a time; fewer than asked for when one is missing. */
  lines(from: number, to: number): AsyncIterable<string[]>
}

/** What is wrong: a checkpoint that the hashes do not give, a tile that is not what stands over it, an entry that is not what was hashed, or too few of them. */
export type LogTrouble =
  | { kind: 'root' }
  | { kind: 'tile'; level: number; number: number }
  | { kind: 'entry'; number: number }
  | { kind: 'missing'; number: number }

/** Null when everything agrees: each entry with its hash, each hash with those over it, and all of them with the checkpoint. */
export async function troubleOf(
  source: LogSource,
  { size, root, first }: Omit<Checkpoint, 'origin'>,
): Promise<LogTrouble | null> {
  const odd = await oddTile(source.read, size)
  if (odd) return { kind: 'tile', ...odd }
  if (!rootAt(size, source.read).equals(root)) return { kind: 'root' }
  let leaf = first
  let tile: Buffer = Buffer.alloc(0)
  let tileNumber = -1
  for await (const lines of source.lines(first, size)) {
    for (const line of lines) {
      const number = Math.floor(leaf / tileWidth)
      if (number !== tileNumber) [tile, tileNumber] = [source.read(0, number), number]
      const from = (leaf % tileWidth) * hashBytes
      if (!leafHash(line).equals(tile.subarray(from, from + hashBytes))) return { kind: 'entry', number: leaf + 1 }
      leaf++
    }
  }
  return leaf === size ? null : { kind: 'missing', number: leaf + 1 }
}

/** The first full tile that the hash over it is not of, or that is not as long as it must be. */
async function oddTile(read: ReadTile, size: number): Promise<{ level: number; number: number } | null> {
  for (let level = 0, width = size; width > 0; level++, width = Math.floor(width / tileWidth)) {
    for (let number = 0; number * tileWidth < width; number++) {
      const wanted = Math.min(tileWidth, width - number * tileWidth)
      const hashes = read(level, number).subarray(0, wanted * hashBytes)
      if (hashes.length !== wanted * hashBytes) return { level, number }
      if (wanted < tileWidth) continue
      const over = read(level + 1, Math.floor(number / tileWidth))
      const at = (number % tileWidth) * hashBytes
      if (!rootOver(hashes).equals(over.subarray(at, at + hashBytes))) return { level, number }
      if (number % 32 === 31) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return null
}
