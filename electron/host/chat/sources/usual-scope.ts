import type { Scope } from '../../../../contract/sources.ts'

/** What a new conversation of a workspace looks into: all its documents, in the way that it wants to answer. */
export function usualScope({ strict }: { strict: boolean }): Scope {
  return { documents: true, strict, documentIds: null }
}
