/** One file being read: what is shared by the parsers of all formats. */
import { AppError } from '../../contract/errors.ts'
import type { ReadItem } from './contract.ts'
import type { TextBlock } from './blocks.ts'
import type { GiveData } from './given-data.ts'

type End = Extract<ReadItem, { type: 'end' }>

/** How pictures are recognised; `pages` null for all that are pictures. */
export interface Recognition {
  languages: string[]
  /** Data of those that do not come with the application, by code. */
  added: ReadonlyMap<string, Uint8Array>
  pages: number[] | null
}

export interface FileToRead {
  name: string
  bytes: Uint8Array
  password: string | null
  recognition: Recognition | null
}

/** Turns the bytes of one format into items; the last, `end`, is not its business. */
export type FormatReader = (file: FileToRead, reading: Reading) => AsyncIterable<ReadItem>

export class Reading {
  readonly picturePages: number[] = []
  readonly #cut = new Set<End['cut'][number]>()
  readonly #signal: AbortSignal
  readonly #turn: () => Promise<void>
  /** A file that comes with the parsers. */
  readonly data: GiveData

  /** @param turn lets other frames through, and settles while nobody holds the reader */
  constructor(signal: AbortSignal, turn: () => Promise<void>, data: GiveData) {
    this.#signal = signal
    this.#turn = turn
    this.data = data
  }

  /** Between two pages: lets other frames through, and waits while the reader is held. @throws AppError cancelled */
  async turn(): Promise<void> {
    await this.#turn()
    if (this.#signal.aborted) throw new AppError('cancelled', 'The reading was left')
  }

  /** Notes that something was left out. */
  leaveOut(what: End['cut'][number]): void {
    this.#cut.add(what)
  }

  end(): End {
    return { type: 'end', picturePages: this.picturePages, cut: [...this.#cut] }
  }
}

/** Blocks as items of a bearable size; no more of them are made than are asked for. */
export function* inItems(blocks: Iterable<TextBlock | null>): Generator<ReadItem> {
  let some: TextBlock[] = []
  for (const block of blocks) {
    if (block && some.push(block) === 100) {
      yield { type: 'blocks', blocks: some }
      some = []
    }
  }
  if (some.length > 0) yield { type: 'blocks', blocks: some }
}

/** The first item of a format that counts no pages. */
export function beginning(format: Extract<ReadItem, { type: 'begin' }>['format'], title: string | null = null): ReadItem {
  return { type: 'begin', format, pages: null, pageKind: null, title }
}
