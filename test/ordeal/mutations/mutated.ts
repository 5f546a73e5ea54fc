/** Bytes and JSON values with something wrong in them: a few small changes at places and of kinds that chance chooses. */
import type { Chance } from '../chance.ts'

/** Numbers at which counts, sizes and offsets go wrong. */
const oddNumbers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]
const most = 8

/** A copy with one to eight changes: bits, numbers, runs that are cut, doubled, zeroed, moved or come from another sample. */
export function mutatedBytes(bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[] = []): Buffer {
  let changed: Buffer = Buffer.from(bytes)
  for (let left = 1 + chance.below(most); left > 0; left--) changed = changeBytes(changed, chance, others)
  return changed
}

function changeBytes(bytes: Buffer, chance: Chance, others: readonly Uint8Array[]): Buffer {
  if (bytes.length === 0) return Buffer.from([chance.below(256)])
  // Half of all changes fall into the first kilobyte, where headers are.
  const at = chance.below(chance.next() < 0.5 ? Math.min(bytes.length, 1024) : bytes.length)
  const length = Math.min(bytes.length - at, 1 + chance.below(chance.oneOf([4, 64, 4096])))
  const run = bytes.subarray(at, at + length)
  switch (chance.below(10)) {
    case 0:
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8))
      return bytes
    case 2:
      bytes[at] = chance.below(256)
      return bytes
    case 3:
    case 4: {
      const number = Buffer.alloc(8, chance.oneOf([0, 0xff]))
      number.writeUInt32LE(chance.oneOf(oddNumbers))
      number.copy(bytes, at, 0, chance.oneOf([1, 2, 4, 8]))
      return bytes
    }
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 6:
      return Buffer.concat([bytes.subarray(0, at + length), run, bytes.subarray(at + length)])
    case 7:
      run.fill(chance.oneOf([0, 0xff, 0x20, 0x5b]))
      return bytes
    case 8:
      return bytes.subarray(0, at)
    default: {
      const other = others.length > 0 ? Buffer.from(chance.oneOf(others)) : bytes
      const from = chance.below(other.length)
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)])
    }
  }
}

/** Becomes arrays within arrays once the value is text: as a value they would end whoever writes them down. */
const deepMark = '@deep@'

const oddTexts = [
  '',
  '../vault.json',
  '__proto__',
  'constructor',
  '\0',
  '\u202e',
  '\ud800',
  '\n',
  'x'.repeat(100_000),
  '-1',
  'é'.repeat(300),
]

/** Something that nobody expects in its place. */
function oddValue(chance: Chance): unknown {
  switch (chance.below(9)) {
    case 0:
      return null
    case 1:
      return chance.oneOf([-1, -0, 0, 1, 1e308, 2 ** 53, -(2 ** 53), 0.1, 2 ** 31])
    case 2:
    case 3:
      return chance.oneOf(oddTexts)
    case 4:
      return chance.next() < 0.5
    case 5:
      return deepMark
    case 6:
      return Array.from({ length: chance.oneOf([0, 1, 5_000]) }, () => chance.below(9))
    case 7:
      return {}
    default:
      return JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":1}}') as unknown
  }
}

/** A copy with one to four members replaced, removed, added, renamed or doubled. */
export function mutatedJson(value: unknown, chance: Chance): unknown {
  const root = { value: structuredClone(value) }
  for (let left = 1 + chance.below(4); left > 0; left--) {
    const places = placesIn(root)
    const { holder, key } = chance.oneOf(places)
    if (Array.isArray(holder)) {
      const index = Number(key)
      const kind = chance.below(3)
      if (kind === 0) holder.splice(index, 1)
      else if (kind === 1) holder.push(structuredClone(holder[index]))
      else holder[index] = oddValue(chance)
      continue
    }
    const kind = holder === root ? 0 : chance.below(5)
    if (kind <= 2) holder[key] = oddValue(chance)
    else if (kind === 3) Reflect.deleteProperty(holder, key)
    else holder[chance.oneOf(oddTexts).slice(0, 40)] = oddValue(chance)
  }
  return root.value
}

interface ValuePlace {
  holder: Record<string, unknown> | unknown[]
  key: string
}

/** Everything that can be replaced; not what stands deeper than we would nest. */
function placesIn(root: Record<string, unknown>): ValuePlace[] {
  const places: ValuePlace[] = []
  const visit = (holder: Record<string, unknown> | unknown[], depth: number): void => {
    for (const [key, value] of Object.entries(holder).slice(0, 500)) {
      places.push({ holder, key })
      if (typeof value === 'object' && value !== null && depth < 20)
        visit(value as Record<string, unknown> | unknown[], depth + 1)
    }
  }
  visit(root, 0)
  return places
}

/** The JSON of a value that was changed, or a text that was. */
export function mutatedText(value: unknown, chance: Chance): string {
  if (chance.next() < 0.7) {
    const levels = chance.oneOf([5, 70, 5_000, 200_000])
    return JSON.stringify(mutatedJson(value, chance)).replaceAll(
      `"${deepMark}"`,
      () => `${'['.repeat(levels)}${']'.repeat(levels)}`,
    )
  }
  return mutatedBytes(Buffer.from(JSON.stringify(value)), chance).toString()
}
