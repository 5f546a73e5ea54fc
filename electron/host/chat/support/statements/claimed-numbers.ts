/**
 * Numbers, amounts and dates of a text in one form, so that 1,000 in an answer is 1 000 in its source, “three” is 3, and 12 May 2023 is
 * 2023-05-12. What is ambiguous counts as everything that it can be.
 */

/** A number where it stands. `needs`: any of these must be in the source; `gives`: what it stands for when it is in a source. */
export interface FoundNumber {
  start: number
  end: number
  needs: string[]
  gives: string[]
}

const months: readonly string[][] = [
  ['january', 'jan', 'janvier', 'janv'],
  ['february', 'feb', 'fevrier', 'fevr', 'fev'],
  ['march', 'mar', 'mars'],
  ['april', 'apr', 'avril', 'avr'],
  ['may', 'mai'],
  ['june', 'jun', 'juin'],
  ['july', 'jul', 'juillet', 'juil'],
  ['august', 'aug', 'aout'],
  ['september', 'sept', 'sep', 'septembre'],
  ['october', 'oct', 'octobre'],
  ['november', 'nov', 'novembre'],
  ['december', 'dec', 'decembre'],
]
const monthNumbers = new Map(months.flatMap((names, index) => names.map((name) => [name, index + 1] as const)))
const month = String.raw`(${[...monthNumbers.keys()].sort((one, other) => other.length - one.length).join('|')})\.?`

/** “One” and “un” are articles as well, and therefore no numbers. */
const numberWords = new Map(
  [
    'two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 fourteen:14 fifteen:15 sixteen:16',
    'seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 ninety:90 hundred:100',
    'thousand:1000 deux:2 trois:3 quatre:4 cinq:5 sept:7 huit:8 neuf:9 dix:10 onze:11 douze:12 treize:13 quatorze:14 quinze:15 seize:16',
    'vingt:20 vingts:20 trente:30 quarante:40 cinquante:50 soixante:60 cent:100 cents:100 mille:1000',
  ]
    .flatMap((line) => line.split(' '))
    .map((entry) => [entry.split(':')[0] ?? '', Number(entry.split(':')[1])] as const),
)
const numberWord = [...numberWords.keys()].sort((one, other) => other.length - one.length).join('|')
/** What a number may be followed by that makes it larger. */
const magnitudes = new Map([
  ['thousand', 1e3],
  ['mille', 1e3],
  ['million', 1e6],
  ['millions', 1e6],
  ['billion', 1e9],
  ['milliard', 1e9],
  ['milliards', 1e9],
])
const magnitude = String.raw`(?: ?(${[...magnitudes.keys()].sort((one, other) => other.length - one.length).join('|')})(?!\p{L}))?`

/** In the order in which they are looked for: what is part of a date is no number of its own. */
const shapes: readonly (readonly [RegExp, (found: string[]) => Omit<FoundNumber, 'start' | 'end'>])[] = [
  [/(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)/g, ([year, monthOf, day]) => date([[Number(day), Number(monthOf)]], year)],
  [
    new RegExp(String.raw`(?<!\d)(\d{1,2})(?:er|st|nd|rd|th)?(?: of| de)? ${month},? (\d{4})(?!\d)`, 'g'),
    ([day, name, year]) => date([[Number(day), monthOf(name)]], year),
  ],
  [
    new RegExp(String.raw`\b${month} (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)`, 'g'),
    ([name, day, year]) => date([[Number(day), monthOf(name)]], year),
  ],
  [
    new RegExp(String.raw`(?<!\d)(\d{1,2})(?:er|st|nd|rd|th)?(?: of)? ${month}(?!\p{L})`, 'gu'),
    ([day, name]) => date([[Number(day), monthOf(name)]]),
  ],
  [
    new RegExp(String.raw`\b${month} (\d{1,2})(?:st|nd|rd|th)?(?!\d)`, 'g'),
    ([name, day]) => date([[Number(day), monthOf(name)]]),
  ],
  [new RegExp(String.raw`\b${month} (\d{4})(?!\d)`, 'g'), ([name, year = '']) => monthOfYear(monthOf(name), year)],
  [
    /(?<![\d/.])(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)/g,
    ([one, two, year]) =>
      date(
        [
          [Number(one), Number(two)],
          [Number(two), Number(one)],
        ],
        year,
      ),
  ],
  [/(?<!\d)(\d{1,2})\s?(?:h|:)\s?(\d{2})(?!\d)/g, ([hour, minute]) => same(`${Number(hour)}:${minute}`)],
  [
    new RegExp(String.raw`((?<![\d.,])\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?(?!\d)|(?<!\d)\d+(?:[.,]\d+)*)${magnitude}`, 'gu'),
    ([number = '', word = '']) => scaled(plain(number), word),
  ],
  [
    new RegExp(
      String.raw`(?<!\p{L})((?:${numberWord})(?:(?:-| |-et-| et | and )(?:${numberWord}|one|une?)(?!\p{L}))*)(?!\p{L})${magnitude}`,
      'gu',
    ),
    ([words = '', word = '']) => scaled(same(String(spoken(words))), word),
  ],
]

/** The numbers of a text in order. Those of one claim must each be in its source. */
export function numbersOf(text: string): FoundNumber[] {
  // Offsets stay: each replaced character stands for one.
  let rest = [...foldedUnits(text)].join('')
  const found: FoundNumber[] = []
  for (const [shape, read] of shapes) {
    rest = rest.replace(shape, (whole: string, ...groups: unknown[]) => {
      const start = groups.find((group): group is number => typeof group === 'number') ?? 0
      const parts = groups.slice(0, groups.indexOf(start)).filter((group): group is string => typeof group === 'string')
      const number = read(parts.length === 0 ? [whole] : parts)
      found.push({ start, end: start + whole.length, ...number })
      return ' '.repeat(whole.length)
    })
  }
  return found.sort((one, other) => one.start - other.start)
}

/** Small letters without accents, and one kind of space, unit for unit. */
function* foldedUnits(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at)
    const folded = unit.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
    if (/\s/.test(unit)) yield ' '
    else if (/[‐‑‒–]/.test(unit)) yield '-'
    else yield folded.length === 1 ? folded : unit
  }
}

function monthOf(name = ''): number {
  return monthNumbers.get(name) ?? 0
}

/** @param readings day and month in each order that they may have */
function date(readings: [day: number, month: number][], year?: string): Omit<FoundNumber, 'start' | 'end'> {
  const right = readings.filter(([day, monthNumber]) => day >= 1 && day <= 31 && monthNumber >= 1 && monthNumber <= 12)
  const two = (number: number): string => String(number).padStart(2, '0')
  const days = right.map(([day, monthNumber]) => `-${two(monthNumber)}-${two(day)}`)
  const whole = year === undefined ? [] : days.map((day) => `${year}${day}`)
  const loose = year === undefined ? [] : [...right.map(([, monthNumber]) => `${year}-${two(monthNumber)}`), year]
  return { needs: whole.length > 0 ? whole : days, gives: [...whole, ...days, ...loose, ...right.map(([day]) => String(day))] }
}

function monthOfYear(monthNumber: number, year: string): Omit<FoundNumber, 'start' | 'end'> {
  const key = `${year}-${String(monthNumber).padStart(2, '0')}`
  return { needs: [key], gives: [key, year] }
}

function same(key: string): Omit<FoundNumber, 'start' | 'end'> {
  return { needs: [key], gives: [key] }
}

/** `1.000` may be a thousand or one; `12.5` and `12,5` are the same. */
function plain(written: string): Omit<FoundNumber, 'start' | 'end'> {
  const joined = written.replace(/[ '’]/g, '')
  const keys = new Set<string>()
  const isGrouped = /^[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/.test(joined)
  if (isGrouped) {
    const [, mark = ''] = /([.,])/.exec(joined) ?? []
    keys.add(decimal(joined.replaceAll(mark, '').replace(',', '.')))
  }
  if (/^\d+(?:[.,]\d+)?$/.test(joined) && !(isGrouped && joined.endsWith('000'))) keys.add(decimal(joined.replace(',', '.')))
  else if (!isGrouped) keys.add(joined.replaceAll(',', '.'))
  return { needs: [...keys], gives: [...keys] }
}

function decimal(written: string): string {
  return written
    .replace(/^0+(?=\d)/, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/** “2 million” is 2000000, and in a source also what stands before the word. */
function scaled(number: Omit<FoundNumber, 'start' | 'end'>, word: string): Omit<FoundNumber, 'start' | 'end'> {
  const factor = magnitudes.get(word)
  if (factor === undefined) return number
  const values = number.needs.map(Number).filter(Number.isFinite)
  const large = values.map((value) => String(Math.round(value * factor)))
  return large.length === 0 ? number : { needs: large, gives: [...large, ...number.gives] }
}

/** The value of a number in words: twenty-four, vingt et un, quatre-vingt-dix. */
function spoken(words: string): number {
  let sum = 0
  for (const word of words.split(/-| /)) {
    const value = numberWords.get(word) ?? (/^(?:one|une?)$/.test(word) ? 1 : null)
    if (value === null) continue
    const isProduct = (value === 20 && sum === 4) || (value >= 100 && sum > 0)
    sum = isProduct ? sum * value : sum + value
  }
  return sum
}
