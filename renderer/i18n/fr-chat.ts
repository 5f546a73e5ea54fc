/** The chat screen in French. */
import type { chatInEnglish } from './en-chat.ts'
import type { Format } from './format.ts'

/** Its sentences; numbers and plurals go through `format`. */
export function chatInFrench(format: Format): ReturnType<typeof chatInEnglish> {
  void format
  return {}
}
