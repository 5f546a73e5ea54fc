/**
 * From the order in which letters stand on a page, from left to right, to that in which they are read: words of Hebrew and Arabic from right
 * to left, numbers and Latin words among them from left to right. The Unicode Bidirectional Algorithm (UAX 9) read backwards, with one level.
 */

export type Direction = 'ltr' | 'rtl'

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const letter = /\p{L}/u
/** A letter with the marks above and below it. */
const cluster = /\P{M}\p{M}*|\p{M}+/gsu

/** Whether any of it is written from right to left. */
export function isRightToLeft(text: string): boolean {
  return rightToLeft.test(text)
}

/** How many letters of a text are written in either direction. */
export function countLetters(text: string): Record<Direction, number> {
  const rtl = text.match(/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/g)?.length ?? 0
  return { rtl, ltr: rtl === 0 ? text.length : (text.match(/\p{L}/gu)?.length ?? 0) - rtl }
}

/** The other order of a text: as it is read from as it stands, and as it stands from as it is read. */
export function reordered(text: string, base: Direction, mirror = true): string {
  const parts = text.match(cluster) ?? []
  return (base === 'rtl' ? fromRight(parts, mirror) : fromLeft(parts, mirror)).join('')
}

type Kind = 'R' | 'L' | 'number' | 'other'

function kindOf(part: string): Kind {
  if (/^\p{Nd}/u.test(part)) return 'number'
  if (rightToLeft.test(part) && /^[\p{L}\p{M}]/u.test(part)) return 'R'
  return letter.test(part) ? 'L' : 'other'
}

/** Marks that belong to a number when digits stand on both sides, and those that do so beside one. */
const within = /^[,.:/\u066b\u066c\u2044-]$/
const beside = /^[%$€£¥₪٪°#+\u2212]$/u

/** Runs of Latin words and numbers stay as they are, and all the rest turns around them. */
function fromRight(parts: readonly string[], mirror: boolean): string[] {
  const kinds = numbersWhole(parts)
  const read: string[] = []
  for (let at = parts.length - 1; at >= 0;) {
    if (kinds[at] === 'R' || kinds[at] === 'other') {
      read.push(mirror ? mirrored(parts[at] ?? '') : (parts[at] ?? ''))
      at--
      continue
    }
    // Latin words, and numbers in between and around, are one run; numbers without such words are one each.
    let first = at
    let hasWord = kinds[at] === 'L'
    for (let before = at - 1; before >= 0 && kinds[before] !== 'R'; before--) {
      if (kinds[before] === 'other') continue
      hasWord ||= kinds[before] === 'L'
      if (hasWord || before === first - 1) first = before
    }
    read.push(...parts.slice(first, at + 1))
    at = first - 1
  }
  return read
}

/** Runs from a word that reads from right to left to another turn around within themselves. */
function fromLeft(parts: readonly string[], mirror: boolean): string[] {
  const kinds = numbersWhole(parts)
  const read: string[] = []
  for (let at = 0; at < parts.length;) {
    let last = at
    if (kinds[at] === 'R') {
      for (let next = at + 1; next < parts.length && kinds[next] !== 'L'; next++) if (kinds[next] === 'R') last = next
      read.push(...fromRight(parts.slice(at, last + 1), mirror))
    } else read.push(parts[at] ?? '')
    at = last + 1
  }
  return read
}

function numbersWhole(parts: readonly string[]): Kind[] {
  const kinds = parts.map(kindOf)
  for (const [at, part] of parts.entries()) {
    if (kinds[at] !== 'other') continue
    const [before, after] = [kinds[at - 1] === 'number', kinds[at + 1] === 'number']
    if ((before && after && within.test(part)) || ((before || after) && beside.test(part))) kinds[at] = 'number'
  }
  return kinds
}

const pairs = '()[]{}<>«»‹›'

function mirrored(part: string): string {
  const at = part.length === 1 ? pairs.indexOf(part) : -1
  return at < 0 ? part : (pairs[at ^ 1] ?? part)
}
