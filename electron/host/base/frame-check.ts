/** Whether something that arrived is a frame at all. What is in it is parsed where it is answered. */
import type { Frame } from '../../../contract/link.ts'

/** True when the link can read it without stumbling. */
export function isFrame(value: unknown): value is Frame {
  if (typeof value !== 'object' || value === null || !('t' in value) || !('id' in value)) return false
  if (!Number.isSafeInteger(value.id)) return false
  if (value.t === 'open') return 'method' in value && typeof value.method === 'string'
  return value.t === 'cancel' || value.t === 'item' || value.t === 'done' || value.t === 'fail'
}
