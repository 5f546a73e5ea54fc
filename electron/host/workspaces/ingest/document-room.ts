/** What the parts of ingest share of one open workspace. */
import type { Watchable } from '../../base/watchable.ts'
import type { ContentStore } from './content-store.ts'
import type { DocumentStore } from './document-store.ts'
import type { NewerReadings } from './newer-readings.ts'
import type { PassageIndex } from '../index/passage-index.ts'

export type DocumentIndex = Pick<
  PassageIndex,
  'load' | 'add' | 'remove' | 'sweep' | 'pending' | 'addVectors' | 'serve' | 'embeddedAmong'
>

export interface DocumentRoom {
  readonly workspaceId: string
  readonly documents: DocumentStore
  readonly contents: ContentStore
  readonly newer: NewerReadings
  readonly index: DocumentIndex
  /** Counts changes. */
  readonly changes: Watchable<number>
  /** Fires when the workspace is closed. */
  readonly left: AbortController
}

/** Those who watch the room hear of a change. */
export function tell({ changes }: DocumentRoom): void {
  changes.set(changes.value + 1)
}

/** Lets everything else that waits have its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
