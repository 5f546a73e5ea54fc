/** What a page may not learn elsewhere while a blind comparison waits for its vote: who is at work, and who failed. Pure. */
import type { RuntimeState, Trouble } from '../../../../contract/entities.ts'

/** A failure without anything that could tell whose it is: no name, no size, no detail. */
export function nameless(trouble: Trouble | null): Trouble | null {
  if (!trouble) return null
  const reference = trouble.data?.['reference']
  return reference === undefined ? { code: trouble.code } : { code: trouble.code, data: { reference } }
}

/**
 * A state of the runtime in which students that are kept back show neither as loading nor as being in memory, and a failure not with its name.
 * @param hidden ids of students
 */
export function veilRuntime(
  { engine, loading, loaded, warm, heldBytes, memory, trouble }: RuntimeState,
  hidden: ReadonlySet<string>,
): RuntimeState {
  const isShown = (student: { modelId: string }): boolean => !hidden.has(student.modelId)
  // Field by field, so that a new field does not compile until somebody has thought about it here.
  return {
    engine,
    loading: loading && isShown(loading) ? loading : null,
    loaded: loaded && isShown(loaded) ? loaded : null,
    warm: warm.filter(isShown),
    heldBytes,
    memory,
    trouble: hidden.size > 0 ? nameless(trouble) : trouble,
  }
}
