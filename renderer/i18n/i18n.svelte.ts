/** The words of the page in the language of the moment. The only place that knows which dictionaries there are. */
import type { Preset, Trouble } from '../../contract/entities.ts'
import type { Language } from '../../contract/settings.ts'
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

  speak(language: Language): void {
    this.#language = language
  }
}
