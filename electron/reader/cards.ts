/** What cards of people and organisations say (vCard 2.1 to 4.0): names, numbers, addresses and notes; no pictures, sounds and keys. */
import { contentLines, unescaped, valueParts, type ContentLine } from './content-lines.ts'
import type { Entry } from './entries.ts'

/** Lines of one card. */
const mostLines = 5000

const labels: Readonly<Record<string, string>> = {
  N: 'Name',
  NICKNAME: 'Nickname',
  ORG: 'Organisation',
  TITLE: 'Title',
  ROLE: 'Role',
  TEL: 'Phone',
  EMAIL: 'E-mail',
  ADR: 'Address',
  LABEL: 'Address',
  URL: 'Web',
  IMPP: 'Chat',
  BDAY: 'Birthday',
  ANNIVERSARY: 'Anniversary',
  CATEGORIES: 'Categories',
  RELATED: 'Related',
  MEMBER: 'Member',
  LANG: 'Language',
  NOTE: 'Note',
  'X-ABDATE': 'Date',
  'X-ABRELATEDNAMES': 'Related',
  'X-SOCIALPROFILE': 'Profile',
  'X-SKYPE': 'Skype',
  'X-SKYPE-USERNAME': 'Skype',
  'X-JABBER': 'Jabber',
  'X-ANNIVERSARY': 'Anniversary',
  'X-SPOUSE': 'Spouse',
  'X-MANAGER': 'Manager',
  'X-ASSISTANT': 'Assistant',
}
/** Types that everything has, or that say how a program takes it. */
const plainTypes: ReadonlySet<string> = new Set([
  'voice',
  'internet',
  'pref',
  'x400',
  'text',
  'quoted-printable',
  'utf-8',
  '8bit',
])

/** Cards, their titles who it is. @param text with line ends `\n` @returns nothing for what is no card */
export function* cardEntries(text: string): Generator<Entry> {
  let card: ContentLine[] | null = null
  let inner = 0
  for (const line of contentLines(text)) {
    const isCard = /^VCARD$/i.test(line.value.trim())
    if (line.name === 'BEGIN' && isCard && !card) [card, inner] = [[], 0]
    // A card of somebody's assistant may stand within a card.
    else if (line.name === 'BEGIN') inner++
    else if (line.name === 'END' && inner > 0) inner--
    else if (line.name === 'END' && isCard && card) {
      yield entryOf(card)
      card = null
    } else if (card && inner === 0 && card.length < mostLines) card.push(line)
  }
  // A file that was cut off.
  if (card && card.length > 0) yield entryOf(card)
}

function entryOf(card: readonly ContentLine[]): Entry {
  const first = (name: string): string => {
    const line = card.find((one) => one.name === name)
    return line ? shownValue(line) : ''
  }
  const full = first('FN').trim()
  const title = full || first('N') || first('ORG') || first('NICKNAME') || first('EMAIL')
  const custom = new Map(
    card.flatMap(({ group, name, value }) => (name === 'X-ABLABEL' && group ? [[group, customLabel(value)]] : [])),
  )
  const lines = card.flatMap((line): string[] => {
    const label = Object.hasOwn(labels, line.name) ? labels[line.name] : undefined
    const value = label === undefined || isBinary(line) ? '' : shownValue(line).trim()
    if (value === '' || value === title || (line.name === 'N' && saysNoMore(value, title))) return []
    const [top = '', ...more] = value.split(/\n+/)
    const types = (line.parameters.get('TYPE') ?? [])
      .flatMap((type) => type.toLowerCase().split(','))
      .filter((type) => type !== '' && !plainTypes.has(type))
    const about = [custom.get(line.group) ?? '', ...types].filter((word) => word !== '').join(', ')
    return [`${label}${about === '' ? '' : ` (${about})`}: ${top}`, ...more.filter((one) => one.trim() !== '')]
  })
  return { title, lines }
}

function shownValue({ name, value }: ContentLine): string {
  const parts = (): string[] => valueParts(value, ';').map((part) => part.trim())
  const filled = (some: readonly (string | undefined)[]): string[] => some.flatMap((part) => (part ? [part] : []))
  switch (name) {
    case 'N': {
      const [family, given, additional, prefix, suffix] = parts()
      return filled([prefix, given, additional, family, suffix]).join(' ')
    }
    case 'ORG':
    case 'ADR':
      return filled(parts().map((part) => part.replace(/\s*\n\s*/g, ', '))).join(', ')
    case 'NICKNAME':
    case 'CATEGORIES':
      return valueParts(value, ',').join(', ')
    case 'LABEL':
      return unescaped(value).replace(/\s*\n\s*/g, ', ')
    case 'BDAY':
    case 'ANNIVERSARY':
    case 'X-ABDATE':
    case 'X-ANNIVERSARY':
      return dayOf(unescaped(value))
    default:
      return unescaped(value).replace(/^(?:mailto|tel):/i, '')
  }
}

/** `19850412` as `1985-04-12`, and `--0412` as `04-12`. */
function dayOf(value: string): string {
  return value
    .replace(/^(\d{4})(\d\d)(\d\d)(?!\d)/, '$1-$2-$3')
    .replace(/^--(\d\d)-?(\d\d)/, '$1-$2')
    .replace(/T.*$/, '')
}

function saysNoMore(name: string, title: string): boolean {
  const known = new Set(title.toLowerCase().split(/[\s,.]+/))
  return name
    .toLowerCase()
    .split(/[\s,.]+/)
    .every((word) => known.has(word))
}

function isBinary({ parameters, value }: ContentLine): boolean {
  return (parameters.get('ENCODING') ?? []).some((one) => /^(b|base64)$/i.test(one)) || /^data:/i.test(value)
}

/** Apple puts its own labels between signs: `_$!<HomePage>!$_`. */
function customLabel(value: string): string {
  return unescaped(value).replace(/^_\$!<(.*)>!\$_$/, '$1')
}
