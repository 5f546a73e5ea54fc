/** How the lists of a language are written: `english-words.ts` and `french-words.ts` fill them, `vocabulary.ts` reads them. */

/** Pairs of opposites between which there is more and less: high and low, fast and slow. */
export const scales = [
  'level',
  'size',
  'duration',
  'speed',
  'age',
  'lateness',
  'frequency',
  'strength',
  'ease',
  'temperature',
] as const
type Scale = (typeof scales)[number]
/** Of what a direction is one: an amount that grows, a state that gets better, an effect that is brought about, or a place on a scale. */
export type Family = 'amount' | 'quality' | 'effect' | 'equal' | Scale
/** How many of the things that a sentence names it speaks of. */
export type Quantifier = 'all' | 'some' | 'most' | 'few' | 'many' | 'only' | 'total'
/** `must` and `oblige` differ where they are denied: “must not” forbids, “not obliged” allows. */
export type Modal = 'must' | 'oblige' | 'may' | 'able' | 'should'

/** The lists of a language. Words are parted by spaces; `=word` stands for that form alone, any other for all that has its stem. */
export interface WordLists {
  directions: readonly (readonly [sign: 1 | -1, families: readonly Family[], words: string])[]
  /** The words of its upper end, then those of its lower. */
  scales: Readonly<Record<Scale, readonly [upper: string, lower: string]>>
  more: string
  less: string
  /** By the name of a set, its values; words of one value are parted by spaces. Both languages name and order them alike. */
  members: Readonly<Record<string, readonly string[]>>
  quantifiers: Readonly<Record<Quantifier, string>>
  modals: Readonly<Record<Modal, string>>
  deniesAfter: string
  deniesAround: string
  lacks: string
  /** Words that turn from what follows: none of them is another name for something that is done. */
  averse: string
  open: string
  light: string
  generic: string
  mutual: string
  /** Groups of words that mean the same, parted by semicolons. */
  same: string
  /** Words that deny another, each before the one that it denies, parted by semicolons: “unsafe” is not safe. */
  negatives: string
  /** Expressions, each before what means the same and an equals sign, parted by semicolons. */
  phrases: string
}
