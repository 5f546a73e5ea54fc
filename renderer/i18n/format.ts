/** Numbers, sizes, times and plurals in the manner of one language. Pure: the locale is all it knows. */

/** The forms that English and French tell apart. A language with more of them adds its own here. */
export interface PluralForms {
  /** For none, where a number would sound odd, and needed where `one` names one: French counts 0 among its singulars. */
  zero?: string
  one: string
  other: string
}

/** What a dictionary needs to write a number the way its language does. */
export interface Format {
  /** 8,192 or 8 192. */
  number(value: number, digits?: number): string
  /** From a fraction of 0 to 1: 43% or 43 %. */
  percent(fraction: number): string
  /** Decimal units, as disks are sold: 491 MB or 491 Mo. @param bytes from 0. */
  bytes(bytes: number): string
  /** One of the sentences. */
  plural(count: number, forms: PluralForms): string
  /** 1st, 2nd or 1er, 2e. @param rank from 1. */
  ordinal(rank: number): string
  /** Rounded up to what helps: 8 seconds, 3 minutes, 2 hours. @param milliseconds from 0. */
  duration(milliseconds: number): string
  /** 14 September 2026. @param time epoch milliseconds. */
  day(time: number): string
  /** Thu within a week, 14 Sept within a year, Sept 2025 before: for lists. @param time epoch milliseconds. */
  brief(time: number, within: 'week' | 'year' | 'ever'): string
  /** 14 September 2026, 09:42. @param time epoch milliseconds. */
  moment(time: number): string
  /** 09:42. @param time epoch milliseconds. */
  clock(time: number): string
  /** German or Allemand, as it stands in a list; null when nobody has a name for it. @param tag such as `de`, `deu` or `zh-Hans`. */
  language(tag: string): string | null
}

/** How a language writes the end of 1st, 2nd, 3rd and so on, and whether the first day of a month is counted so. */
interface Ordinals {
  endings: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }
  firstOfMonth: boolean
}

/** Makes the formatting of one language. @param units names of byte, kilobyte, megabyte, gigabyte. */
export function formatFor(locale: string, units: readonly [string, string, string, string], ordinals: Ordinals): Format {
  const rules = new Intl.PluralRules(locale)
  const ranks = new Intl.PluralRules(locale, { type: 'ordinal' })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' })
  const brief = {
    week: new Intl.DateTimeFormat(locale, { weekday: 'short' }),
    year: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
    ever: new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric' }),
  }
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const moment = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const languages = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })

  const ordinal = (rank: number): string => number(rank) + (ordinals.endings[ranks.select(rank)] ?? ordinals.endings.other)

  /** French says "1er septembre" and "2 septembre", which Intl does not. */
  function dated(style: Intl.DateTimeFormat, time: number): string {
    if (!ordinals.firstOfMonth) return style.format(time)
    const parts = style.formatToParts(time)
    return parts.map(({ type, value }) => (type === 'day' && value === '1' ? ordinal(1) : value)).join('')
  }

  function number(value: number, digits = 0): string {
    return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
  }
  return {
    number,
    percent: (fraction) => percent.format(fraction),
    bytes(bytes) {
      if (bytes >= 1e9) return `${number(bytes / 1e9, bytes < 1e11 ? 1 : 0)}\u00A0${units[3]}`
      if (bytes >= 1e6) return `${number(bytes / 1e6)}\u00A0${units[2]}`
      if (bytes >= 1e3) return `${number(bytes / 1e3)}\u00A0${units[1]}`
      return `${number(bytes)}\u00A0${units[0]}`
    },
    plural: (count, forms) => (count === 0 && forms.zero) || (rules.select(count) === 'one' ? forms.one : forms.other),
    ordinal,
    duration(milliseconds) {
      const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
      const [value, unit] =
        seconds < 60
          ? [seconds, 'second']
          : seconds < 3600
            ? [Math.ceil(seconds / 60), 'minute']
            : [Math.ceil(seconds / 3600), 'hour']
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value).replace(' ', '\u00A0')
    },
    day: (time) => dated(day, time),
    brief: (time, within) => dated(brief[within], time),
    moment: (time) => dated(moment, time),
    clock: (time) => clock.format(time),
    language(tag) {
      try {
        const name = languages.of(tag) ?? null
        return name && name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
      } catch {
        // No tag at all.
        return null
      }
    },
  }
}
