/** What a part of the page's state does as the page starts, the vault opens and locks: the state of the whole page asks each, so that none is wired by hand. */
import type { CallOptions } from '../../contract/link.ts'

/** A time during which an area follows the host: until the page ends, or the vault locks. */
export interface Life {
  readonly signal: AbortSignal
  /** Applies every item of a stream until the time is over. What it fails with otherwise is told to the whole page. */
  readonly follow: <Item>(
    stream: (none: Record<string, never>, options: CallOptions) => AsyncIterable<Item>,
    apply: (item: Item) => void,
  ) => void
}

/** A part of the page's state. It has what concerns it. */
export interface Area {
  /** Begins to follow what is there without a vault, until the page ends. */
  onStart?(life: Life): void
  /** Begins to follow what an open vault has, until it locks. */
  onUnlock?(life: Life): void
  /** Goes into the workspace that is chosen now; it may be the one before. */
  onWorkspace?(): void
  /** Has the host keep what is typed and not kept yet: the vault is about to be locked. */
  keep?(): Promise<unknown>
  /** Forgets what the vault held: it is locked. */
  forget?(): void
}
