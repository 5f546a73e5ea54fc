/** What is on its way in, and what came to nothing, as rows in the words of the moment. Two screens show them. */
import type { Words } from '../i18n/i18n.svelte.ts'
import type { ModelsState } from './models.svelte.ts'

/** A file that is being sent or copied. */
export interface ImportRow {
  key: string
  title: string
  note: string
  /** 0 to 1. */
  fraction: number
  stopLabel: string
  onstop: () => void
}

/** A file that was not imported. */
export interface FailedRow {
  key: string
  title: string
  sentence: string
  /** What was kept. */
  note: string
  /** Another way to bring it in. */
  again: { label: string; run: () => void } | null
  onclose: () => void
}

/** Both lists, with what the component that draws them says besides. */
export interface ImportRows {
  label: string
  closeLabel: string
  coming: ImportRow[]
  failed: FailedRow[]
}

export function importRows(models: ModelsState, words: Words): ImportRows {
  const { text, format } = words
  return {
    label: text.models.coming,
    closeLabel: text.models.dismiss,
    coming: [
      ...models.sendings
        .filter((sending) => sending.sentBytes < sending.totalBytes)
        .map((sending, index) => ({
          key: `sending-${index}`,
          title: sending.name,
          note: text.models.sending(format.bytes(sending.sentBytes), format.bytes(sending.totalBytes)),
          fraction: sending.sentBytes / Math.max(1, sending.totalBytes),
          stopLabel: text.models.stop(sending.name),
          onstop: () => sending.cancel(),
        })),
      ...(models.facts?.imports ?? []).map((work) => {
        const done = format.bytes(work.doneBytes)
        const total = format.bytes(work.totalBytes)
        const leftMs = models.leftMs(work)
        return {
          key: work.id,
          title: work.name,
          note:
            leftMs === null ? text.models.copying(done, total) : text.models.copyingLeft(done, total, format.duration(leftMs)),
          fraction: work.doneBytes / Math.max(1, work.totalBytes),
          stopLabel: text.models.stop(work.name),
          onstop: () => void models.cancelImport(work.id),
        }
      }),
    ],
    failed: models.failed.map((failed, index) => ({
      key: `failed-${index}`,
      title: failed.name ? text.models.failedTitle(failed.name) : text.models.failedUnnamed,
      sentence: words.trouble(failed.trouble),
      note: failed.again ? '' : text.models.nothingLeft,
      again: failed.again && {
        label: text.students.useAnyway(failed.again.baseName || text.students.anyModel),
        run: failed.again.run,
      },
      onclose: () => models.dismiss(failed),
    })),
  }
}
