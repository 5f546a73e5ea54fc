/** The words of the page in the language of the moment. The only place that knows which dictionaries there are. */
import type { Preset } from '../../contract/conversation.ts'
import type { Trouble, Workspace } from '../../contract/entities.ts'
import type { Language } from '../../contract/settings.ts'
import type { TextPlace } from '../../contract/text-place.ts'
import { en, type Dictionary } from './en.ts'
import type { Format } from './format.ts'
import { fr } from './fr.ts'
import { troubleFacts } from './trouble-facts.ts'

/** Every dictionary, by language. */
export const dictionaries: Record<Language, Dictionary> = { en, fr }

/** What views read: whatever uses `text` or `format` changes with the language. */
export class Words {
  #language = $state<Language>('en')

  get language(): Language {
    return this.#language
  }

  /** All sentences of the present language. */
  get text(): Dictionary {
    return dictionaries[this.#language]
  }

  /** Numbers, sizes and times in the present language. */
  get format(): Format {
    return this.text.format
  }

  /** The sentence for a failure. */
  trouble({ code, data }: Pick<Trouble, 'code' | 'data'>): string {
    return this.text.errors[code](troubleFacts(data))
  }

  /** The name of a way of answering: the dictionary's for those that come with Alambic. */
  preset({ id, name }: Pick<Preset, 'id' | 'name'>): string {
    return this.text.chat.presets.builtIn[id] ?? name
  }

  /** What a workspace is called: Personal in the person's language, the others as they were named. */
  workspace({ name, personal }: Pick<Workspace, 'name' | 'personal'>): string {
    return personal ? this.text.chat.list.personal : name
  }

  /** Where in a document something stands, for the middle of a sentence: "page 4". */
  place(place: TextPlace): string {
    return placeWords(this.text.sources.places, place)
  }

  /** The same for the beginning of a line. @param pages how many there are; null when that is not known. */
  placeHead(place: TextPlace, pages: number | null = null): string {
    const { heads } = this.text.sources
    return place.kind === 'page' && pages !== null ? heads.pageOf(place.page, pages) : placeWords(heads, place)
  }

  /** What goes from one place to another: "pages 4 to 5". */
  span({ first, last }: { first: TextPlace; last: TextPlace }): string {
    return spanWords(this.text.sources.places, first, last) ?? this.place(first)
  }

  /** The same for the beginning of a line. */
  spanHead({ first, last }: { first: TextPlace; last: TextPlace }, pages: number | null = null): string {
    return spanWords(this.text.sources.heads, first, last) ?? this.placeHead(first, pages)
  }

  speak(language: Language): void {
    this.#language = language
  }
}

/** Null for one place alone, and for what has no numbers to go by. */
function spanWords(words: Dictionary['sources']['places'], first: TextPlace, last: TextPlace): string | null {
  if (first.kind === 'page' && last.kind === 'page') return first.page === last.page ? null : words.pages(first.page, last.page)
  if (first.kind === 'paragraph' && last.kind === 'paragraph')
    return first.paragraph === last.paragraph ? null : words.paragraphs(first.paragraph, last.paragraph)
  if (first.kind === 'slide' && last.kind === 'slide')
    return first.slide === last.slide ? null : words.slides(first.slide, last.slide)
  return null
}

function placeWords(words: Dictionary['sources']['places'], place: TextPlace): string {
  switch (place.kind) {
    case 'page':
      return words.page(place.page)
    case 'paragraph':
      return words.paragraph(place.paragraph)
    case 'sheet':
      return words.sheet(place.sheet, place.cells)
    case 'slide':
      return words.slide(place.slide)
    case 'section':
      return place.title === '' ? words.section(place.section) : words.titled(place.title)
  }
}
