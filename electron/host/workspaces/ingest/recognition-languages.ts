/**
 * The languages that text in pictures is recognised in. Two come with the application; the data of others are files that a person adds, tried
 * in a reader of their own and kept in clear, since they are public. A file is used only when it is the one that was tried.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import type { RecognitionLanguage } from '../../../../contract/recognition.ts'
import { rmSync } from '../../base/patient-files.ts'
import { recognitionFileBytes, shippedRecognition } from '../../../reader/contract.ts'
import { writeFileAtomic } from '../../base/atomic-file.ts'
import { Mutex } from '../../base/mutex.ts'
import { receivingFailure, refuseToFill } from '../../base/received-file.ts'
import { Watchable } from '../../base/watchable.ts'
import type { References } from '../../desktop.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { fileSource, sealedSource, type DocumentSource } from './document-source.ts'
import type { AddedLanguage, ReaderKeeper } from '../reader-keeper.ts'

export interface RecognitionLanguagesOptions {
  database: EncryptedDatabase
  /** Holds the files; it is this one's own. */
  folder: string
  references: References
  settings: Pick<SettingsArea, 'values' | 'set'>
  /** A reader that does nothing else: trying may crash it, and must not wait for a long document. */
  newReader: () => Pick<ReaderKeeper, 'tryLanguage' | 'close'>
  now: () => number
}

interface Row {
  code: string
  sha256: string
  size_bytes: number
  added_at: number
}

export class RecognitionLanguages {
  readonly state: Watchable<RecognitionLanguage[]>
  readonly #options: RecognitionLanguagesOptions
  readonly #changes = new Mutex()
  readonly #closing = new AbortController()
  #adding = 0

  constructor(options: RecognitionLanguagesOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    this.#sweep()
    this.state = new Watchable(this.#list())
  }

  /** Whether a file is coming in. */
  get adding(): boolean {
    return this.#adding > 0
  }

  /** Gives up what is coming in. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#changes.run(() => undefined)
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  /** Those of the settings, as far as their data are here; both of the application's where none is. */
  get chosen(): string[] {
    const here = this.state.value.filter(({ missing }) => !missing).map(({ code }) => code)
    const chosen = this.#options.settings.values.recognitionLanguages.filter((code) => here.includes(code))
    return chosen.length > 0 ? chosen : [...shippedRecognition]
  }

  /** @throws AppError recognition_language_missing when the data of one are not here */
  refuseMissing(codes: readonly string[]): void {
    const here = this.state.value.filter(({ missing }) => !missing).map(({ code }) => code)
    const missing = codes.filter((code) => !here.includes(code))
    if (missing.length > 0) throw missingLanguage(missing)
  }

  /**
   * What the reader needs for these languages beside what it has.
   * @throws AppError recognition_language_missing, recognition_data_wrong {reason} when a file is not the one that was tried
   */
  async dataOf(codes: readonly string[]): Promise<AddedLanguage[]> {
    const added: AddedLanguage[] = []
    for (const code of codes) {
      if (shippedRecognition.includes(code)) continue
      const row = this.#row(code)
      const bytes = row && (await readFile(this.#path(row)).catch(() => null))
      if (!row || !bytes) throw missingLanguage([code])
      if (sha256(bytes) !== row.sha256) throw wrong('changed', code)
      added.push({ code, bytes })
    }
    return added
  }

  /** @throws AppError recognition_data_wrong {reason}, not_found, file_unreadable, disk_full, cancelled */
  async add(reference: string, signal: AbortSignal): Promise<{ language: string }> {
    this.#adding++
    try {
      return await this.#changes.run(() => this.#add(reference, AbortSignal.any([signal, this.#closing.signal])))
    } finally {
      this.#adding--
    }
  }

  /** @throws AppError not_found */
  remove(code: string): Promise<void> {
    return this.#changes.run(() => {
      const row = this.#row(code)
      if (!row) throw new AppError('not_found', 'This language was not added')
      this.#options.database.prepare('DELETE FROM recognition_languages WHERE code = ?').run(code)
      rmSync(this.#path(row), { force: true })
      const { settings } = this.#options
      const left = settings.values.recognitionLanguages.filter((chosen) => chosen !== code)
      if (left.length < settings.values.recognitionLanguages.length)
        settings.set({ recognitionLanguages: left.length > 0 ? left : [...shippedRecognition] })
      this.state.set(this.#list())
    })
  }

  async #add(reference: string, signal: AbortSignal): Promise<{ language: string }> {
    const { database, folder, references, now } = this.#options
    const { name, path, sealed } = references.find(reference)
    const code = codeOf(name)
    if (code === null) throw wrong('name', name)
    if (shippedRecognition.includes(code)) throw wrong('shipped', name)
    const bytes = await wholeFile(path === undefined ? sealedSource(sealed, now()) : fileSource(path), name)
    await refuseToFill(folder, bytes.length)
    await this.#try({ code, bytes }, name, signal)
    if (signal.aborted) throw new AppError('cancelled', 'It was given up')
    const before = this.#row(code)
    const row: Row = { code, sha256: sha256(bytes), size_bytes: bytes.length, added_at: now() }
    try {
      writeFileAtomic(this.#path(row), bytes)
    } catch (error) {
      throw receivingFailure(error)
    }
    database
      .prepare('INSERT OR REPLACE INTO recognition_languages (code, sha256, size_bytes, added_at) VALUES (?, ?, ?, ?)')
      .run(row.code, row.sha256, row.size_bytes, row.added_at)
    if (before && before.sha256 !== row.sha256) rmSync(this.#path(before), { force: true })
    references.release(reference)
    this.state.set(this.#list())
    return { language: code }
  }

  async #try(language: AddedLanguage, name: string, signal: AbortSignal): Promise<void> {
    const reader = this.#options.newReader()
    try {
      await reader.tryLanguage(language, signal)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'recognition_data_wrong') throw new AppError(error.code, error.message, { ...error.data, name })
      // It crashed the reader, hung or swelled: no data to recognise anything with.
      throw error.code.startsWith('reader_') ? wrong('unusable', name) : error
    } finally {
      await reader.close()
    }
  }

  #list(): RecognitionLanguage[] {
    const shipped = shippedRecognition.map((code) => ({ code, shipped: true, sizeBytes: null, addedAt: null, missing: false }))
    const added = this.#rows().map((row) => ({
      ...{ code: row.code, shipped: false, sizeBytes: row.size_bytes, addedAt: row.added_at },
      missing: !existsSync(this.#path(row)),
    }))
    return [...shipped, ...added]
  }

  #rows(): Row[] {
    return this.#options.database.prepare<Row>('SELECT * FROM recognition_languages ORDER BY code').all()
  }

  #row(code: string): Row | null {
    return this.#rows().find((row) => row.code === code) ?? null
  }

  /** Two contents of one language have two names, so that a kill between file and row leaves the old one whole. */
  #path({ code, sha256: hash }: Row): string {
    return join(this.#options.folder, `${code}-${hash.slice(0, 16)}.traineddata`)
  }

  /** What a kill left. */
  #sweep(): void {
    const known = new Set(this.#rows().map((row) => this.#path(row)))
    for (const name of readdirSync(this.#options.folder)) {
      const path = join(this.#options.folder, name)
      if (!known.has(path)) rmSync(path, { recursive: true, force: true })
    }
  }
}

/** The language by its file's name, also by the one that a browser gives a second copy. */
function codeOf(name: string): string | null {
  return /^([A-Za-z][A-Za-z_]{2,30})(?: ?\(\d+\))?\.traineddata(?: ?\(\d+\))?(?:\.gz)?$/.exec(name)?.[1] ?? null
}

/** @throws AppError file_unreadable, recognition_data_wrong {reason} */
async function wholeFile(source: DocumentSource, name: string): Promise<Buffer> {
  const look = await source.look()
  if (!look) throw new AppError('file_unreadable', 'The file cannot be read', { name })
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  if (look.sizeBytes > recognitionFileBytes) throw wrong('too_big', name)
  try {
    for await (const part of source.open()) {
      sizeBytes += part.length
      if (sizeBytes > recognitionFileBytes) throw wrong('too_big', name)
      parts.push(part)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('file_unreadable', 'The file cannot be read', { name }, { cause: error })
  }
  return Buffer.concat(parts)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function missingLanguage(codes: readonly string[]): AppError {
  return new AppError('recognition_language_missing', 'Data of a language are not here', { name: codes.join(', ') })
}

function wrong(reason: 'name' | 'shipped' | 'too_big' | 'unusable' | 'changed', name: string): AppError {
  return new AppError('recognition_data_wrong', 'No data that text can be recognised with', { reason, name })
}
