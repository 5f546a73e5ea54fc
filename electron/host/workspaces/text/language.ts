/** Tells a text's language by its script and its little words: enough for a passage, and unsure rather than wrong for a few words. */
import { functionWords } from './function-words.ts'

/** UTF-16 units that are looked at: a page or two says it all. */
const looksAt = 8_000
/** Points a language needs: two little words that only it has, or more that it shares. */
const enough = 1.5
/** How much more than the next language's. */
const lead = 1.25

/** Languages that are alone in their script here, or so nearly that a reader would guess the same. */
const scripts: readonly (readonly [language: string, letters: RegExp])[] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['zh', /\p{Script=Han}/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
]

/** Letters of one or few languages, as good as a little word. */
const letters: readonly (readonly [letters: RegExp, languages: readonly string[]])[] = [
  [/ß/g, ['de']],
  [/[äü]/g, ['de', 'fi', 'sv', 'tr', 'hu']],
  [/[ñ¿¡]/g, ['es']],
  [/[ãõ]/g, ['pt']],
  [/[œùêû]/g, ['fr']],
  [/[èà]/g, ['fr', 'it']],
  [/ç/g, ['fr', 'pt', 'tr']],
  [/å/g, ['sv', 'da', 'no']],
  [/[øæ]/g, ['da', 'no']],
  [/[ąęłżźśń]/g, ['pl']],
  [/[ěřůč]/g, ['cs']],
  [/[ășț]/g, ['ro']],
  [/[őű]/g, ['hu']],
  [/[ğışİ]/g, ['tr']],
]

/** Two letters; null when the text is too short or too mixed to say. */
export function languageOf(text: string): string | null {
  const sample = text.slice(0, looksAt).normalize('NFC').toLowerCase()
  const letterCount = count(sample, /\p{L}/gu)
  if (letterCount === 0) return null
  for (const [language, script] of scripts) {
    // Japanese is written with Chinese characters among its own; a third of its own is plenty.
    if (count(sample, script) >= letterCount * (language === 'ja' ? 0.15 : 0.5)) return language
  }
  const points = new Map<string, number>()
  const add = (languages: readonly string[], weight: number): void => {
    for (const language of languages) points.set(language, (points.get(language) ?? 0) + weight / languages.length)
  }
  for (const [word] of sample.matchAll(/\p{L}+/gu)) add(languagesWith.get(word) ?? [], 1)
  for (const [which, languages] of letters) add(languages, Math.min(1, count(sample, which) / 2))
  const [best, second] = [...points].sort(([, one], [, other]) => other - one)
  if (!best || best[1] < enough || best[1] < (second?.[1] ?? 0) * lead) return null
  return best[0]
}

/** For each little word the languages that have it. */
const languagesWith: ReadonlyMap<string, readonly string[]> = (() => {
  const found = new Map<string, string[]>()
  for (const [language, words] of functionWords) {
    for (const word of words) found.set(word, [...(found.get(word) ?? []), language])
  }
  return found
})()

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0
}
