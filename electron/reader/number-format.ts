/** Number formats of Excel: a number as the sheet shows it, with its currency, unit, percent sign and thousands; days and times too. */

/** A piece of a format: a sign that stands for a digit or a part of a day, or text that is shown as it is. */
interface Token {
  readonly kind:
    'digit' | 'point' | 'comma' | 'percent' | 'slash' | 'exponent' | 'day' | 'elapsed' | 'half' | 'text' | 'value' | 'general'
  readonly text: string
}

interface Section {
  readonly tokens: readonly Token[]
  readonly condition: ((value: number) => boolean) | null
  /** Language of the names of months, as browsers call it. */
  readonly language: string
  readonly isDay: boolean
}

/** Excel writes no longer ones. */
const longestFormat = 255
/** Languages of formats by the last two digits of their number. */
const languages: Readonly<Record<string, string>> = {
  ...{ '01': 'ar', '04': 'zh', '05': 'cs', '06': 'da', '07': 'de', '08': 'el', '09': 'en', '0a': 'es', '0b': 'fi', '0c': 'fr' },
  ...{ '0d': 'he', '0e': 'hu', '10': 'it', '11': 'ja', '12': 'ko', '13': 'nl', '14': 'nb', '15': 'pl', '16': 'pt', '18': 'ro' },
  ...{ '19': 'ru', '1a': 'hr', '1b': 'sk', '1d': 'sv', '1e': 'th', '1f': 'tr', '22': 'uk', '24': 'sl', '2a': 'vi' },
}
/** A million days are more than Excel's calendar has. */
const lastDay = 2_958_465

const known = new Map<string, readonly Section[]>()

/** @param days whether days count from 1904 on */
export function shownInFormat(value: number, format: string, from1904: boolean): string {
  const section = sectionFor(sectionsOf(format), value)
  if (!section) return generalNumber(value)
  const { tokens, isDay } = section.section
  if (tokens.length === 0) return ''
  if (isDay) return value < 0 || value > lastDay + 1 ? generalNumber(value) : dayText(value, section.section, from1904)
  const shown = section.isAbsolute ? Math.abs(value) : value
  return numberText(shown, tokens).trim()
}

/** A text in a format that says something of texts: `@" EUR"`. */
export function textInFormat(text: string, format: string): string {
  const sections = sectionsOf(format)
  const section = sections[3] ?? sections.find(({ tokens }) => tokens.some(({ kind }) => kind === 'value'))
  if (!section) return text
  return section.tokens.map((token) => (token.kind === 'value' ? text : token.kind === 'text' ? token.text : '')).join('')
}

/** As many digits as a cell without a format shows. */
export function generalNumber(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-9 || size >= 1e15)) return String(Number(value.toPrecision(6))).replace('e', 'E')
  const decimals = Math.max(0, 10 - Math.max(1, Math.floor(Math.log10(Math.max(1, size))) + 1))
  return String(Number(rounded(value, decimals)))
}

function sectionFor(sections: readonly Section[], value: number): { section: Section; isAbsolute: boolean } | null {
  const [first, second, third] = sections
  if (!first) return null
  if (first.condition) {
    if (first.condition(value)) return { section: first, isAbsolute: false }
    if (second && (second.condition ? second.condition(value) : !third)) return { section: second, isAbsolute: false }
    const last = second?.condition ? third : value < 0 ? second : (third ?? second)
    return last ? { section: last, isAbsolute: last === second } : null
  }
  if (value < 0 && second) return { section: second, isAbsolute: true }
  if (value === 0 && third) return { section: third, isAbsolute: true }
  return { section: first, isAbsolute: false }
}

function sectionsOf(format: string): readonly Section[] {
  const before = known.get(format)
  if (before) return before
  const sections = parted(format.slice(0, longestFormat)).slice(0, 4).map(sectionOf)
  if (known.size < 2_000) known.set(format, sections)
  return sections
}

/** At semicolons outside of quotes and brackets. */
function parted(format: string): string[] {
  return (format.match(/(?:"[^"]*"?|\\.?|[_*].?|\[[^\]]*\]?|[^;"\\_*[])+|(?=;;)|;$/g) ?? ['']).map((part) =>
    part.replace(/^;$/, ''),
  )
}

const pieces =
  /"([^"]*)"?|\\(.?)|_.?|\*.?|\[([^\]]*)\]?|(general)|(am\/pm|a\/p|上午\/下午)|(e[+-])|(y+|m+|d+|h+|s+|a{3,4}|e+(?![+-])|b{2,4}|g+)|([0#?])|([.,%/@])|([^])/giu

function sectionOf(format: string): Section {
  const tokens: Token[] = []
  let condition: Section['condition'] = null
  let language = 'en'
  const add = (kind: Token['kind'], text: string): void => void tokens.push({ kind, text })
  for (const [all, quoted, escaped, bracket, general, half, exponent, day, digit, mark, other] of format.matchAll(pieces)) {
    if (quoted !== undefined || escaped !== undefined) add('text', quoted ?? escaped ?? '')
    else if (all.startsWith('_')) add('text', ' ')
    else if (bracket !== undefined) {
      const money = /^\$([^-]*)(?:-([\da-f]+))?/i.exec(bracket)
      if (money) {
        if (money[1]) add('text', money[1])
        language = languages[(money[2] ?? '').toLowerCase().slice(-2).padStart(2, '0')] ?? language
      } else if (/^(h+|m+|s+)$/i.test(bracket)) add('elapsed', bracket.toLowerCase())
      else condition ??= conditionOf(bracket)
    } else if (general !== undefined) add('general', '')
    else if (half !== undefined) add('half', half)
    else if (exponent !== undefined) add('exponent', exponent)
    else if (day !== undefined) add('day', day.toLowerCase())
    else if (digit !== undefined) add('digit', digit)
    else if (mark !== undefined)
      add(({ '.': 'point', ',': 'comma', '%': 'percent', '/': 'slash', '@': 'value' } as const)[mark as '.'], mark)
    else if (other !== undefined) add('text', other)
  }
  const isDay = tokens.some(({ kind }) => kind === 'day' || kind === 'elapsed' || kind === 'half')
  return { tokens, condition, language, isDay }
}

function conditionOf(bracket: string): Section['condition'] {
  const [, sign, number] = /^(<=|>=|<>|<|>|=)\s*(-?[\d.]+)$/.exec(bracket) ?? []
  const limit = Number(number)
  if (sign === undefined || Number.isNaN(limit)) return null
  const compare: Record<string, (value: number) => boolean> = {
    '<': (value) => value < limit,
    '>': (value) => value > limit,
    '<=': (value) => value <= limit,
    '>=': (value) => value >= limit,
    '=': (value) => value === limit,
    '<>': (value) => value !== limit,
  }
  return compare[sign] ?? null
}

function numberText(value: number, tokens: readonly Token[]): string {
  const firstDigit = tokens.findIndex(({ kind }) => kind === 'digit')
  const sign = value < 0 ? '-' : ''
  if (firstDigit < 0)
    return (
      sign +
      tokens.map(({ kind, text }) => (kind === 'general' || kind === 'value' ? generalNumber(Math.abs(value)) : text)).join('')
    )
  const slash = tokens.findIndex(({ kind }, at) => kind === 'slash' && at > firstDigit)
  const percents = tokens.filter(({ kind }) => kind === 'percent').length
  const size = Math.abs(value) * 100 ** percents
  const exponent = tokens.findIndex(({ kind }) => kind === 'exponent')
  const text =
    slash >= 0 ? fractionText(size, tokens, slash) : exponent >= 0 ? powerText(size, tokens, exponent) : plainText(size, tokens)
  return /[1-9]/.test(text) || value === 0 ? sign + text : text
}

/** Digits in their places, from the point to both sides; what stands between them stays there. */
function plainText(size: number, tokens: readonly Token[]): string {
  const digitAt = tokens.flatMap(({ kind }, at) => (kind === 'digit' ? [at] : []))
  const first = digitAt[0] ?? 0
  const point = tokens.findIndex(({ kind }, at) => kind === 'point' && (at > first || tokens[at + 1]?.kind === 'digit'))
  const end = point < 0 ? tokens.length : point
  const whole = digitAt.filter((at) => at < end)
  const lastWhole = whole.at(-1) ?? end - 1
  // Commas behind the last digit divide by a thousand each; between digits they group.
  let commas = 0
  const behind = tokens.slice(Math.max(lastWhole, digitAt.at(-1) ?? 0) + 1)
  for (const token of [...tokens.slice(lastWhole + 1, end), ...(point < 0 ? [] : behind)]) {
    if (token.kind !== 'comma') break
    commas++
  }
  const isGrouped = tokens.some(({ kind }, at) => kind === 'comma' && at > first && at < lastWhole)
  const decimals = digitAt.filter((at) => at > end)
  const text = rounded(size / 1000 ** commas, decimals.length)
  if (text.includes('e')) return generalNumber(size)
  const [integer = '0', fraction = ''] = text.split('.')
  const left = wholeDigits(integer === '0' ? '' : integer, whole, tokens, isGrouped)
  const right = fractionDigits(fraction, decimals, tokens)
  return tokens
    .map(({ kind, text: written }, at) => {
      if (kind === 'digit') return left.get(at) ?? right.get(at) ?? ''
      if (kind === 'comma') return ''
      return kind === 'point' && at === point && whole.length === 0 && !left.has(-1) ? `${left.get(-2) ?? ''}.` : written
    })
    .join('')
}

function wholeDigits(
  digits: string,
  places: readonly number[],
  tokens: readonly Token[],
  isGrouped: boolean,
): Map<number, string> {
  const shown = new Map<number, string>()
  // Without any place in front of the point the digits stand in front of it all the same.
  if (places.length === 0) return new Map([[-2, digits]])
  let left = digits
  let count = 0
  const grouped = (digit: string): string => {
    const comma = isGrouped && count > 0 && count % 3 === 0 ? ',' : ''
    count++
    return digit + comma
  }
  for (const [step, at] of [...places].reverse().entries()) {
    const isLast = step === places.length - 1
    let text = ''
    do {
      const digit = left.slice(-1)
      left = left.slice(0, -1)
      if (digit !== '' || tokens[at]?.text === '0') text = grouped(digit || '0') + text
      else if (tokens[at]?.text === '?') text = ` ${text}`
    } while (isLast && left !== '')
    shown.set(at, text)
  }
  return shown
}

function fractionDigits(digits: string, places: readonly number[], tokens: readonly Token[]): Map<number, string> {
  const shown = new Map<number, string>()
  const needed = digits.replace(/0+$/, '').length
  for (const [step, at] of places.entries()) {
    const isShown = step < needed || places.slice(step).some((later) => tokens[later]?.text === '0')
    shown.set(at, isShown ? (digits[step] ?? '') : tokens[at]?.text === '?' ? ' ' : '')
  }
  return shown
}

/** `1.25E+03`; of formats with several digits in front of the point the power is a multiple of their number. */
function powerText(size: number, tokens: readonly Token[], exponent: number): string {
  const mantissa = tokens.slice(0, exponent)
  const point = mantissa.findIndex(({ kind }) => kind === 'point')
  const step = Math.max(1, mantissa.slice(0, point < 0 ? exponent : point).filter(({ kind }) => kind === 'digit').length)
  const decimals = point < 0 ? 0 : mantissa.slice(point).filter(({ kind }) => kind === 'digit').length
  let power = size === 0 ? 0 : Math.floor(Math.floor(Math.log10(size)) / step) * step
  if (Number(rounded(size / 10 ** power, decimals)) >= 10 ** step) power += step
  const sign = power < 0 ? '-' : tokens[exponent]?.text.endsWith('+') ? '+' : ''
  const digits = tokens.slice(exponent + 1).filter(({ kind }) => kind === 'digit').length
  const rest = tokens.slice(exponent + 1).filter(({ kind }) => kind === 'text' || kind === 'percent')
  const shown = String(Math.abs(power)).padStart(digits, '0')
  return `${plainText(size / 10 ** power, mantissa)}E${sign}${shown}${rest.map(({ text }) => text).join('')}`
}

/** `1 1/4`: the nearest fraction whose denominator has as many digits, or the one that the format gives. */
function fractionText(size: number, tokens: readonly Token[], slash: number): string {
  const after = tokens.slice(slash + 1)
  const given = Number(
    /^\d+/.exec(
      after
        .map(({ text }) => text)
        .join('')
        .replace(/[#?]/g, ''),
    )?.[0] ?? 0,
  )
  const places = after.filter(({ kind }) => kind === 'digit').length
  const before = tokens.slice(0, slash)
  const hasWhole = /[0#?][^0#?]+[0#?]/.test(
    before.map(({ kind, text }) => (kind === 'digit' || kind === 'text' ? text : '')).join(''),
  )
  const whole = hasWhole ? Math.floor(size + 1e-12) : 0
  const [top, bottom] = nearest(size - whole, given > 0 ? given : 10 ** Math.min(4, places) - 1, given > 0)
  if (hasWhole && (top === 0 || top === bottom)) return String(whole + (top === bottom && top !== 0 ? 1 : 0))
  return `${hasWhole && whole > 0 ? `${whole} ` : ''}${top}/${bottom}`
}

function nearest(value: number, largest: number, isGiven: boolean): [top: number, bottom: number] {
  if (isGiven) return [Math.round(value * largest), largest]
  let best: [number, number] = [Math.round(value), 1]
  for (let bottom = 1; bottom <= largest; bottom++) {
    const top = Math.round(value * bottom)
    if (Math.abs(top / bottom - value) < Math.abs(best[0] / best[1] - value) - 1e-12) best = [top, bottom]
  }
  return best
}

function dayText(value: number, { tokens, language }: Section, from1904: boolean): string {
  const days = value + (from1904 ? 1462 : 0)
  const decimals = Math.min(3, tokens.filter(({ kind }) => kind === 'digit').length)
  const seconds = Number(rounded(days * 86_400, decimals))
  // The 1900 calendar of Excel has a 29 February that never was.
  const shift = days >= 1 && days < 60 && !from1904 ? 1 : 0
  const date = new Date(Math.round((seconds + (shift - 25_569) * 86_400) * 1000))
  const half = tokens.some(({ kind }) => kind === 'half')
  const elapsed = Number(rounded(value * 86_400, decimals))
  return tokens
    .map(({ kind, text }, at) => {
      if (kind === 'elapsed') return elapsedText(elapsed, text)
      if (kind === 'half') return halfText(text, date.getUTCHours() < 12)
      if (kind === 'day') return dayPart(date, isMinute(tokens, at) ? text.replaceAll('m', 'n') : text, half, language)
      if (kind !== 'digit') return text
      const place = tokens.slice(0, at).filter((token) => token.kind === 'digit').length
      return String(Math.floor((seconds % 1) * 1000 + 1e-6)).padStart(3, '0')[place] ?? '0'
    })
    .join('')
    .trim()
}

/** An `m` behind hours or in front of seconds are minutes. */
function isMinute(tokens: readonly Token[], at: number): boolean {
  if (!/^m{1,2}$/.test(tokens[at]?.text ?? '')) return false
  const isTime = ({ kind }: Token): boolean => kind === 'day' || kind === 'elapsed'
  const before = tokens.slice(0, at).findLast(isTime)
  const after = tokens.slice(at + 1).find(isTime)
  return /^h/.test(before?.text ?? '') || /^s/.test(after?.text ?? '')
}

function elapsedText(seconds: number, sign: string): string {
  const unit = sign.startsWith('h') ? 3600 : sign.startsWith('m') ? 60 : 1
  return String(Math.floor(seconds / unit + 1e-9)).padStart(sign.length, '0')
}

function halfText(written: string, isMorning: boolean): string {
  const [morning = '', evening = ''] = written.split('/')
  return isMorning ? morning : evening
}

function dayPart(date: Date, sign: string, isHalf: boolean, language: string): string {
  const name = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(date)
  const hours = date.getUTCHours()
  const padded = (value: number): string => String(value).padStart(Math.min(2, sign.length), '0')
  switch (sign.charAt(0)) {
    case 'y':
    case 'e':
      return sign.length <= 2 && sign.startsWith('y')
        ? String(date.getUTCFullYear() % 100).padStart(2, '0')
        : String(date.getUTCFullYear())
    case 'b':
      return String(date.getUTCFullYear() + 543)
    case 'm':
      return sign.length <= 2
        ? padded(date.getUTCMonth() + 1)
        : name({ month: sign.length === 3 ? 'short' : sign.length === 4 ? 'long' : 'narrow' })
    case 'd':
      return sign.length <= 2 ? padded(date.getUTCDate()) : name({ weekday: sign.length === 3 ? 'short' : 'long' })
    case 'a':
      return name({ weekday: sign.length === 3 ? 'short' : 'long' })
    case 'h':
      return padded(isHalf ? ((hours + 11) % 12) + 1 : hours)
    case 'n':
      return padded(date.getUTCMinutes())
    case 's':
      return padded(date.getUTCSeconds())
    default:
      return ''
  }
}

/** Halves go away from zero, as they were written and not as they are stored. */
function rounded(value: number, decimals: number): string {
  const exact = Number(value.toPrecision(15))
  const text = String(exact)
  if (text.includes('e') || decimals > 15) return exact.toFixed(Math.min(decimals, 30))
  const sign = exact < 0 ? -1 : 1
  const moved = Math.round(Number(`${Math.abs(exact)}e${decimals}`))
  return Number.isSafeInteger(moved) ? (sign * Number(`${moved}e-${decimals}`)).toFixed(decimals) : exact.toFixed(decimals)
}
