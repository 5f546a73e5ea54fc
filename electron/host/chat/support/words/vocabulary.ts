/**
 * What single words do to a sentence, as far as its support depends on it: directions, opposites, quantities, modality, denials. The lists of English
 * and French stand in `english-words.ts` and `french-words.ts`; of other languages only the denials are known. What follows is `disagreement.ts`'s.
 */
import { termsOf } from '../../../workspaces/text/terms.ts'
import { englishWords } from './english-words.ts'
import { frenchWords } from './french-words.ts'
import { scales, type Family, type Modal, type Quantifier, type WordLists } from './word-lists.ts'

/** What one word does. A word that does none of this is what the sentence is about. */
export interface Sense {
  direction?: { sign: 1 | -1; families: readonly Family[] }
  /** “More” and “less”: the direction of the word that follows. */
  degree?: 1 | -1
  /** Of each set one is true: Monday or Tuesday, before or after. */
  member?: { set: string; value: number }
  quantifier?: Quantifier
  modal?: Modal
  /** What a denial denies: the next words, those before it too, all that follows, the whole clause; of a lack, whichever it is a lack of. */
  denies?: 'after' | 'around' | 'all' | 'whole' | 'lack'
  /** What is asked, tried or supposed is not said to be so. */
  isOpen?: true
  /** It turns from what follows, as “resist” does. */
  isAverse?: true
  /** It says so little that a source need not have it. */
  isLight?: true
  /** Said of two, it is said of each: to be associated. */
  isMutual?: true
  /** It names nothing by itself, as “the drug” does. */
  isGeneric?: true
  /** The term that stands for it and for what means the same. */
  sameAs?: string
}

/** What denies in a language of which nothing else is known. */
const otherDenials: Readonly<Record<string, string>> = {
  de: 'nicht kein keine keinen keiner keinem keines nie niemals ohne weder noch',
  es: 'no nunca jamás sin ningún ninguna ninguno tampoco ni',
  it: 'non mai senza nessun nessuna nessuno né',
  pt: 'não nunca sem nenhum nenhuma nem',
  nl: 'niet geen nooit zonder noch',
  sv: 'inte aldrig utan ingen inget inga',
  da: 'ikke aldrig uden ingen intet',
  no: 'ikke aldri uten ingen intet',
  fi: 'ei en et emme ette eivät ilman',
  ro: 'nu niciodată fără niciun nicio',
  hu: 'nem ne soha nincs nélkül',
  tr: 'değil yok hiç',
  ru: 'не нет ни никогда без',
  pl: 'nie nigdy bez żaden',
}
/** Words that are remembered with their terms; a text with more different ones has its later ones read again. */
const mostKept = 20_000

/** What words of a language do, by their form, and else by their stem. */
interface Senses {
  forms: ReadonlyMap<string, Sense>
  stems: ReadonlyMap<string, Sense>
  /** What is read in another's place, and `rewritten`, which finds it. */
  readings: ReadonlyMap<string, string>
  rewritten: RegExp | null
}

/** Read once a language: they hold nothing of anybody's text. */
const senses = new Map<string, Senses>()

/** The words of one check in one language. What it has read of them is forgotten with it. */
export class Vocabulary {
  /** Two letters. */
  readonly language: string
  readonly #senses: Senses
  readonly #terms = new Map<string, readonly string[]>()

  constructor(language: string) {
    this.language = language
    this.#senses = senses.get(language) ?? sensesOf(language)
    senses.set(language, this.#senses)
  }

  /** The terms of one word; none for a little word, several for a run of a script that parts no words. */
  terms(word: string): readonly string[] {
    const known = this.#terms.get(word)
    if (known) return known
    const terms = termsOf(word, this.language)
    if (this.#terms.size < mostKept) this.#terms.set(word, terms)
    return terms
  }

  /** A text with plain words for expressions, and denials for words that deny: “not safe” for “unsafe”. */
  asSaid(text: string): string {
    const { readings, rewritten } = this.#senses
    if (!rewritten) return text
    return text.replace(rewritten, (said) => readings.get(keyOf(said)) ?? said)
  }

  /** What a word does. `word` in small letters, `term` its stem. */
  senseOf(word: string, term: string | undefined): Sense {
    const { forms, stems } = this.#senses
    const sense =
      forms.get(word) ??
      (term === undefined ? undefined : stems.get(term)) ??
      (word.endsWith('s') ? forms.get(word.slice(0, -1)) : undefined)
    // “Modifient”: the stemmer of French leaves the third person plural as it is.
    if (sense || this.language !== 'fr' || word.length < 6 || !word.endsWith('ent')) return sense ?? {}
    const [singular] = this.terms(word.slice(0, -2))
    return (singular === undefined ? undefined : stems.get(singular)) ?? {}
  }
}

function sensesOf(language: string): Senses {
  const forms = new Map<string, Sense>()
  const stems = new Map<string, Sense>()
  const add = (words: string, sense: Sense): void => {
    for (const written of words.split(/\s+/).filter((each) => each !== '')) {
      const word = written.replace(/^=/, '')
      forms.set(word, { ...forms.get(word), ...sense })
      const [term] = written.startsWith('=') ? [] : termsOf(word, language)
      if (term !== undefined) stems.set(term, { ...stems.get(term), ...sense })
    }
  }
  const lists = language === 'en' ? englishWords : language === 'fr' ? frenchWords : null
  if (lists) addLists(lists, language, add)
  else add(otherDenials[language] ?? '', { denies: 'after' })
  const readings = lists ? readingsOf(lists, language) : new Map<string, string>()
  return { forms, stems, readings, rewritten: lists ? anyOf([...readings.keys()]) : null }
}

function readingsOf({ phrases, negatives }: WordLists, language: string): Map<string, string> {
  const parted = (list: string): string[][] => list.split(';').map((entry) => entry.trim().split(/\s+/))
  const denial = language === 'fr' ? 'non' : 'not'
  return new Map([
    ...parted(negatives).map(([word = '', denied = '']) => [keyOf(word), `${denial} ${denied}`] as const),
    ...phrases.split(';').map((entry) => {
      const [phrase = '', plain = ''] = entry.split('=')
      return [keyOf(phrase.trim()), plain.trim()] as const
    }),
  ])
}

/** Finds whole words, the longest first, each in the singular or the plural. */
function anyOf(expressions: readonly string[]): RegExp {
  const longestFirst = expressions.toSorted((one, other) => other.length - one.length)
  const shapes = longestFirst.map((expression) => expression.replace(/(?= |$)/g, 's?'))
  return new RegExp(String.raw`(?<!\p{L})(?:${shapes.join('|')})(?!\p{L})`, 'giu')
}

/** As expressions are looked up: small letters, and no word ends with an “s”. */
function keyOf(expression: string): string {
  return expression.toLowerCase().replace(/s(?= |$)/g, '')
}

function addLists(lists: WordLists, language: string, add: (words: string, sense: Sense) => void): void {
  add(lists.light, { isLight: true })
  add(lists.generic, { isGeneric: true })
  add(lists.mutual, { isMutual: true })
  const isLight = new Set(lists.light.split(/\s+/))
  for (const group of lists.same.split(';')) {
    const [first = ''] = group.trim().split(/\s+/)
    add(group, { sameAs: termsOf(first, language)[0] ?? first, ...(isLight.has(first) ? { isLight: true } : {}) })
  }
  add(lists.deniesAfter, { denies: 'after' })
  add(lists.deniesAround, { denies: 'around' })
  add(lists.lacks, { denies: 'lack' })
  add(lists.averse, { isAverse: true })
  add(lists.open, { isOpen: true })
  for (const modal of ['must', 'oblige', 'may', 'able', 'should'] as const) add(lists.modals[modal], { modal })
  for (const quantifier of ['all', 'some', 'most', 'few', 'many', 'only', 'total'] as const)
    add(lists.quantifiers[quantifier], { quantifier })
  for (const [set, values] of Object.entries(lists.members))
    for (const [value, words] of values.entries()) add(words, { member: { set, value } })
  for (const [sign, families, words] of lists.directions) add(words, { direction: { sign, families } })
  for (const scale of scales) {
    const [upper, lower] = lists.scales[scale]
    add(upper, { direction: { sign: 1, families: [scale] } })
    add(lower, { direction: { sign: -1, families: [scale] } })
  }
  add(lists.more, { degree: 1 })
  add(lists.less, { degree: -1 })
}
