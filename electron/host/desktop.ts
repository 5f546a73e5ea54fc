/**
 * What the host may ask of the machine around it, and the references that stand for files so that the page never
 * names a path. The two implementations are the skins' own.
 */
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { DesktopState } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { shownFileName } from './base/foreign-name.ts'
import { rm } from './base/patient-files.ts'
import type { SealedFile } from './base/sealed-file.ts'

/** The machine as a skin offers it. */
export interface Desktop {
  state(): DesktopState
  /** Opens the system's file dialog. Null when it was closed, or when this skin has none. */
  pickModelFile(): Promise<string | null>
  /** Opens the system's dialog for a folder. Null when it was closed, or when this skin has none. */
  pickFolder(): Promise<string | null>
  /** Opens the system's dialog for the file of a signing key. Null when it was closed, or when this skin has none. */
  pickKeyFile(): Promise<string | null>
  /** Opens the system's dialog for the file of a catalogue. Null when it was closed, or when this skin has none. */
  pickCatalogueFile(): Promise<string | null>
  /** Opens the system's dialog for a language's data for text in pictures. Null when it was closed, or when this skin has none. */
  pickRecognitionFile(): Promise<string | null>
  /** Opens the system's dialog for documents, several at once. Empty when it was closed, or when this skin has none. */
  pickDocumentFiles(): Promise<readonly string[]>
  /** Opens the system's dialog for an exported workspace. Null when it was closed, or when this skin has none. */
  pickWorkspaceFile(): Promise<string | null>
  /** Folders that may be used without a dialog. */
  folders(): readonly string[]
  /** Says something through the system while no window is in front, where this skin can. */
  notify(words: string): void
  /**
   * Opens an address in the system's own program, once network-links.ts has let it through.
   */
  openLink(url: string): Promise<void>
}

/** What a reference stands for: a file or folder of this machine, or the encrypted bytes of one that a page sent in. */
export type HandedFile = { name: string } & ({ path: string; sealed?: never } | { sealed: SealedFile; path?: never })

/** Files that were handed out, by random reference. They live as long as the host does, and are never written down. */
export class References {
  readonly #files = new Map<string, HandedFile>()
  /** How often one that stands for a path was handed out under the same reference, and not been released since. */
  readonly #holders = new Map<string, number>()
  readonly #uploads = new Set<string>()

  /** A new reference to the file, which people know by `name`. */
  issue(path: string, name: string = basename(path)): string {
    const reference = randomUUID()
    this.#files.set(reference, { path, name: shownFileName(name) || '?' })
    return reference
  }

  /** A new reference to a file that a page sent in the clear; when it is released the file goes. */
  issueUpload(path: string, name: string): string {
    const reference = this.issue(path, name)
    this.#uploads.add(reference)
    return reference
  }

  /** Makes the reference stand for a file that a page sent in; when it is released the file goes. */
  issueSealed(sealed: SealedFile, name: string, reference: string): void {
    this.#files.set(reference, { sealed, name })
  }

  /**
   * A folder or a file as the page may know it, by its name alone: always under the same reference, which is good until everybody
   * who got it has released it.
   */
  named(path: string): { reference: string; name: string } {
    const known = [...this.#files].find(([, file]) => file.path === path)
    const reference = known?.[0] ?? this.issue(path, basename(path) || path)
    this.#holders.set(reference, (this.#holders.get(reference) ?? (known ? 1 : 0)) + 1)
    return { reference, name: this.nameOf(reference) }
  }

  /** @throws AppError `not_found` when the reference was never issued, or was released. */
  find(reference: string): HandedFile {
    const file = this.#files.get(reference)
    if (!file) throw new AppError('not_found', 'No file was handed out under this reference')
    return file
  }

  /** The path. @throws AppError `not_found` as {@link find} does, and for what a page sent in as a document: that has none. */
  resolve(reference: string): string {
    const { path } = this.find(reference)
    if (path === undefined) throw new AppError('not_found', 'This reference stands for no path')
    return path
  }

  /** @throws AppError `not_found` when the reference was never issued, or was released. */
  nameOf(reference: string): string {
    return this.find(reference).name
  }

  /**
   * The file as the page may know it.
   * @throws AppError `not_found`; `file_unreadable` when the file is gone or is no file.
   */
  async describe(reference: string): Promise<{ reference: string; name: string; sizeBytes: number }> {
    const { name } = this.find(reference)
    const found = await stat(this.resolve(reference)).catch(() => null)
    if (!found?.isFile()) throw new AppError('file_unreadable', 'The file cannot be read', { name })
    return { reference, name, sizeBytes: found.size }
  }

  /** Forgets what a page sent in; no other reference. */
  releaseSealed(reference: string): void {
    if (this.#files.get(reference)?.sealed) this.release(reference)
  }

  /** Forgets a reference, unless another window was given the same one. One that is unknown is no matter. */
  release(reference: string): void {
    const others = (this.#holders.get(reference) ?? 1) - 1
    if (others > 0) return void this.#holders.set(reference, others)
    this.#holders.delete(reference)
    const file = this.#files.get(reference)
    // Nobody can read it without its key, and what cannot be removed now goes with its folder at the next start.
    file?.sealed?.remove().catch(() => undefined)
    if (this.#uploads.delete(reference) && file?.path !== undefined) rm(file.path, { force: true }).catch(() => undefined)
    this.#files.delete(reference)
  }
}
