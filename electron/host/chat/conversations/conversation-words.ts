/**
 * The words of a workspace's titles and messages in its index. The database says what has to be looked at; this looks at it by and by, the
 * newest first, without holding anybody up.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../../contract/errors.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { wordOf } from '../../workspaces/index/word-index.ts'
import { languageOf } from '../../workspaces/text/language.ts'
import { normalised, searchedWords, WordForms, writtenLanguages } from '../../workspaces/text/terms.ts'

/** Milliseconds after which others have their turn. */
const sliceMs = 6
/** Milliseconds between slices while nobody waits. */
const restMs = 20
/** Rows that are asked for at once. */
const batchRows = 64
/** UTF-16 units that are looked at without looking at the clock. */
const pieceUnits = 4096
/** Pages of the index that are merged at once: some milliseconds. SQLite by itself would merge all that there is to merge when a row comes. */
const mergedPages = 8
/** Terms of one message: far more than a book has, so that writing them takes no time that somebody notices. */
const mostTerms = 20_000

type Kind = 'title' | 'message'

interface Looked {
  kind: Kind
  number: number
  /** Null for what is gone, or is being written. */
  text: string | null
  language: string | null
  terms: string
}

export class ConversationWords {
  readonly #database: EncryptedDatabase
  readonly #onBug: (error: unknown) => void
  readonly #forms = new Map<string | null, WordForms>()
  #running: Promise<void> | null = null
  #waiting = 0
  #isStopped = false
  #isFailing = false

  constructor({ database, onBug }: { database: EncryptedDatabase; onBug: (error: unknown) => void }) {
    this.#database = database
    this.#onBug = onBug
  }

  /** Goes on by itself until nothing is left to be looked at. */
  start(): void {
    if (this.#isStopped || this.#running) return
    this.#running = this.#catchUp()
      .catch((error: unknown) => {
        this.#isFailing = true
        // A full disk or a file that fails is told by whoever writes there next, and this goes on with the next search.
        if (!(error instanceof AppError)) this.#onBug(error)
      })
      .finally(() => {
        this.#running = null
        this.#forms.clear()
      })
  }

  /** Returns when everything has been looked at, when that fails, or after so many milliseconds. */
  async soon(waitMs: number): Promise<void> {
    const latest = performance.now() + waitMs
    this.#waiting++
    try {
      this.#isFailing = false
      while (!this.#isStopped && !this.#isFailing && performance.now() < latest && this.#due(1).length > 0) {
        this.start()
        await delay(1)
      }
    } finally {
      this.#waiting--
    }
  }

  /** Leaves the file; what was not looked at is when it is next open. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  /** What languages those that have been looked at are in. */
  languages(): (string | null)[] {
    const rows = this.#database.prepare<{ language: string }>('SELECT language FROM word_languages').all()
    return [null, ...rows.map(({ language }) => language)]
  }

  async #catchUp(): Promise<void> {
    // Nobody who only asked for a row waits for this.
    await this.#rest()
    while (!this.#isStopped) {
      const due = this.#due(batchRows)
      if (due.length > 0) await this.#lookAt(due)
      else if (!this.#merge('title_words') && !this.#merge('message_words')) return
      else await this.#rest()
    }
  }

  #due(most: number): { kind: Kind; number: number }[] {
    return this.#database
      .prepare<{ kind: Kind; number: number }>('SELECT kind, number FROM words_due ORDER BY kind DESC, number DESC LIMIT ?')
      .all(most)
  }

  async #lookAt(due: readonly { kind: Kind; number: number }[]): Promise<void> {
    let looked: Looked[] = []
    let began = performance.now()
    for (const { kind, number } of due) {
      const text = this.#textOf(kind, number)
      looked.push({ kind, number, text, ...(await this.#termsOf(text ?? '')) })
      if (this.#isStopped) return
      if (performance.now() - began < sliceMs) continue
      this.#keep(looked)
      looked = []
      await this.#rest()
      if (this.#isStopped) return
      began = performance.now()
    }
    this.#keep(looked)
    await this.#rest()
  }

  /** A step of merging. @returns whether there was something to be merged */
  #merge(table: string): boolean {
    const before = this.#changes()
    this.#database.prepare(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ${mergedPages})`).run()
    // One change is the row that asks for it (sqlite.org/fts5.html#the_merge_command).
    return this.#changes() - before > 1
  }

  #changes(): number {
    return this.#database.prepare<{ count: number }>('SELECT total_changes() AS count').get()?.count ?? 0
  }

  #textOf(kind: Kind, number: number): string | null {
    const sql =
      kind === 'title'
        ? 'SELECT title AS text FROM conversations WHERE number = ?'
        : `SELECT text FROM messages WHERE number = ? AND state <> 'writing'`
    return this.#database.prepare<{ text: string }>(sql).get(number)?.text ?? null
  }

  /** Stop words are kept as well: one may be what is being typed. */
  async #termsOf(text: string): Promise<{ language: string | null; terms: string }> {
    const language = languageOf(text)
    const forms = this.#formsOf(language)
    const terms = new Set<string>()
    let began = performance.now()
    for (const piece of piecesOf(text)) {
      for (const word of searchedWords(normalised(piece), forms)) for (const term of word.terms) terms.add(wordOf(term))
      if (terms.size >= mostTerms || this.#isStopped) break
      if (performance.now() - began < sliceMs) continue
      await this.#rest()
      began = performance.now()
    }
    return { language, terms: [...terms].join(' ') }
  }

  #formsOf(language: string | null): WordForms {
    const known = this.#forms.get(language)
    if (known) return known
    const forms = new WordForms(writtenLanguages(language), language)
    this.#forms.set(language, forms)
    return forms
  }

  /** What has changed since it was read stays due. */
  #keep(looked: readonly Looked[]): void {
    if (looked.length === 0) return
    this.#database.transaction(() => {
      for (const { kind, number, text, language, terms } of looked) {
        if (this.#textOf(kind, number) !== text) continue
        const table = kind === 'title' ? 'title_words' : 'message_words'
        this.#database.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(number)
        if (terms !== '') this.#database.prepare(`INSERT INTO ${table} (rowid, terms) VALUES (?, ?)`).run(number, terms)
        if (language !== null) this.#database.prepare('INSERT OR IGNORE INTO word_languages VALUES (?)').run(language)
        this.#database.prepare('DELETE FROM words_due WHERE kind = ? AND number = ?').run(kind, number)
      }
      for (const kind of new Set(looked.map((each) => each.kind))) this.#merge(`${kind}_words`)
    })
  }

  async #rest(): Promise<void> {
    if (this.#waiting > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    else await delay(restMs)
  }
}

/** A text in parts that end between words; what goes on without a space is cut so that both parts have the sign between them. */
function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const most = at + pieceUnits
    if (most >= text.length) {
      yield text.slice(at)
      return
    }
    const space = text.slice(at, most).search(/\s\S*$/)
    const end = space > 0 ? at + space : most
    yield text.slice(at, end)
    at = space > 0 ? end : end - 1
  }
}
