/** Saves what a page hands over as a paper: into a folder that the person chose, as a PDF or a Word file. */
import { Paper, type PaperFormat } from '../../../contract/paper.ts'
import { AppError } from '../../../contract/errors.ts'
import { receivingFailure } from '../base/received-file.ts'
import type { References } from '../desktop.ts'
import { writeDocx } from './docx/docx-paper.ts'
import { paperName, writeNewFile } from './paper-file.ts'
import { readFonts, type Fonts } from './pdf/fonts.ts'
import { writePdf } from './pdf/pdf-paper.ts'

/** Bytes of a paper as it is handed over: a conversation of some thousand turns has five million. */
const mostBytes = 64 * 1024 * 1024

interface PapersOptions {
  references: Pick<References, 'find' | 'resolve' | 'releaseSealed'>
  /** Where the fonts lie. */
  fontFolder: string
}

export class Papers {
  readonly #options: PapersOptions
  readonly #life = new AbortController()
  readonly #saving = new Set<Promise<unknown>>()
  #fonts: Promise<Fonts> | null = null

  constructor(options: PapersOptions) {
    this.#options = options
  }

  /** Whether one is being saved. */
  get saving(): boolean {
    return this.#saving.size > 0
  }

  /**
   * Writes the paper that was sent in under this reference, which is spent then.
   * @throws AppError not_found, invalid_input; place_unwritable, disk_full; cancelled when the caller leaves or the vault is locked: nothing of the file stays
   */
  async save(
    { reference, paper, format }: { reference: string; paper: string; format: PaperFormat },
    signal: AbortSignal,
  ): Promise<{ name: string; sizeBytes: number }> {
    const work = this.#save({ reference, paper, format }, AbortSignal.any([signal, this.#life.signal]))
    this.#saving.add(work)
    try {
      return await work
    } finally {
      this.#saving.delete(work)
      this.#options.references.releaseSealed(paper)
    }
  }

  /** Gives up what is being saved. */
  async close(): Promise<void> {
    this.#life.abort()
    await Promise.allSettled(this.#saving)
  }

  async #save(
    { reference, paper, format }: { reference: string; paper: string; format: PaperFormat },
    signal: AbortSignal,
  ): Promise<{ name: string; sizeBytes: number }> {
    const folder = this.#options.references.resolve(reference)
    try {
      const read = await this.#read(paper, signal)
      const bytes = format === 'pdf' ? await writePdf(read, await this.#readFonts(), signal) : await writeDocx(read, signal)
      const name = await writeNewFile(folder, { name: paperName(read.title), ending: format, bytes, signal })
      return { name, sizeBytes: bytes.length }
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled', 'The saving was given up')
      throw receivingFailure(error)
    }
  }

  async #read(reference: string, signal: AbortSignal): Promise<Paper> {
    const { sealed } = this.#options.references.find(reference)
    if (!sealed || sealed.sizeBytes > mostBytes) throw new AppError('invalid_input', 'This is no paper')
    const parts: Buffer[] = []
    for await (const part of sealed.open()) {
      signal.throwIfAborted()
      parts.push(part)
    }
    const read = Paper.safeParse(jsonOf(Buffer.concat(parts).toString()))
    if (!read.success) throw new AppError('invalid_input', 'This is no paper', undefined, { cause: read.error })
    return read.data
  }

  /** Read once, when the first PDF is asked for. */
  #readFonts(): Promise<Fonts> {
    this.#fonts ??= readFonts(this.#options.fontFolder).catch((error: unknown) => {
      this.#fonts = null
      throw new Error('The fonts of papers cannot be read', { cause: error })
    })
    return this.#fonts
  }
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
