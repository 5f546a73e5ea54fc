/** The languages that text in pictures can be recognised in, and the adding of one. */
import type { Client } from '../../contract/contract.ts'
import type { RecognitionLanguage } from '../../contract/recognition.ts'
import type { Area, Life } from './area.ts'
import type { SendFile } from './models.svelte.ts'
import { Task } from './task.svelte.ts'

export class RecognitionState implements Area {
  readonly #client: Client
  readonly #sendFile: SendFile
  #languages = $state.raw<RecognitionLanguage[]>([])
  #sentFraction = $state<number | null>(null)
  /** The code of the last one that was added here. */
  #added = $state<string | null>(null)
  readonly adding = new Task()
  readonly removing = new Task()

  constructor(client: Client, sendFile: SendFile) {
    this.#client = client
    this.#sendFile = sendFile
  }

  get languages(): RecognitionLanguage[] {
    return this.#languages
  }

  /** Those that can be used now. */
  get here(): RecognitionLanguage[] {
    return this.#languages.filter(({ missing }) => !missing)
  }

  /** The part of a file that was handed over, 0 to 1; null when none is on its way. */
  get sentFraction(): number | null {
    return this.#sentFraction
  }

  get added(): string | null {
    return this.#added
  }

  /** Asks the host's dialog for a file and adds the language in it. */
  pick(): Promise<boolean> {
    return this.#add(async () => (await this.#client.desktop.pickRecognition({}))?.reference ?? null)
  }

  /** Sends a file from the page, and adds the language in it. */
  send(file: File): Promise<boolean> {
    return this.#add(async () => {
      this.#sentFraction = 0
      try {
        const report = (fraction: number): void => void (this.#sentFraction = fraction)
        return (await this.#sendFile(file, report, new AbortController().signal, 'document')).reference
      } finally {
        this.#sentFraction = null
      }
    })
  }

  remove(code: string): Promise<boolean> {
    return this.removing.run(() => this.#client.recognition.remove({ language: code }))
  }

  onUnlock({ follow }: Life): void {
    follow(this.#client.recognition.languages, (languages) => this.apply(languages))
  }

  apply(languages: RecognitionLanguage[]): void {
    this.#languages = languages
  }

  forget(): void {
    this.#languages = []
    this.#added = null
    this.adding.forget()
    this.removing.forget()
  }

  #add(find: () => Promise<string | null>): Promise<boolean> {
    this.#added = null
    return this.adding.once(async () => {
      const reference = await find()
      if (reference !== null) this.#added = (await this.#client.recognition.add({ reference })).language
    })
  }
}
