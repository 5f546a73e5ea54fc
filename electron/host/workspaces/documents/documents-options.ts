/** What the area of documents is made of, and is told by others. */
import type { TextBlock } from '../../../../contract/text-place.ts'
import type { Watchable } from '../../base/watchable.ts'
import type { References } from '../../desktop.ts'
import type { Embedder } from '../../runtime/embedder.ts'
import type { DocumentIndex } from '../ingest/document-room.ts'
import type { RecognitionLanguages } from '../ingest/recognition-languages.ts'
import type { ReaderKeeper } from '../reader-keeper.ts'
import type { Passage } from '../text/passages.ts'
import type { Workspaces } from '../workspaces.ts'
import type { WatchedFoldersOptions } from './watched-folders.ts'

export interface DocumentsOptions {
  workspaces: Pick<Workspaces, 'all' | 'database' | 'state' | 'refresh'>
  references: References
  indexOf: (workspaceId: string) => DocumentIndex
  reader: Pick<ReaderKeeper, 'read' | 'hold'>
  recognition: Pick<RecognitionLanguages, 'chosen' | 'refuseMissing' | 'dataOf'>
  embedder: Pick<Embedder, 'state' | 'embedPassages'>
  split: (blocks: readonly TextBlock[], rest: () => Promise<void>) => Promise<Passage[]>
  splittingVersion: number
  readingVersion: number
  /** Whether an answer is being written. */
  answering: Watchable<boolean>
  /** Told when documents of a workspace were removed: what was made of them elsewhere goes too. */
  onRemoved: (workspaceId: string) => void
  now: () => number
  /** Writes down what is this program's fault; may return the reference under which it is found. */
  onBug: (error: unknown, where: string) => unknown
  /** Whether watched folders are looked at; always where nobody says. */
  mayWatchFolders?: () => boolean
  folders?: Pick<WatchedFoldersOptions, 'rescanMs' | 'settleMs'>
}
