/** The chat screen in English. */
import type { Format } from './format.ts'

/** Its sentences; numbers and plurals go through `format`. */
export function chatInEnglish(format: Format) {
  void format
  return {}
}
