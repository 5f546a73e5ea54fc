/** Names of the languages that text in pictures is recognised in, from the codes that tesseract has for them. */
import type { Format } from './format.ts'

/** How tesseract marks a script, and how everybody else does. */
const scripts: Record<string, string> = { sim: 'Hans', tra: 'Hant', latn: 'Latn', cyrl: 'Cyrl' }

/** `German` for `deu`, `Simplified Chinese (vert)` for `chi_sim_vert`; the code itself where nobody has a name for it. */
export function recognitionName(code: string, format: Format): string {
  const [base = '', ...marks] = code.split('_')
  const script = marks.flatMap((mark) => scripts[mark] ?? [])[0]
  // Its code for Chinese has the two scripts behind it, never none.
  const name = format.language([base === 'chi' ? 'zh' : base, ...(script === undefined ? [] : [script])].join('-'))
  if (name === null) return code
  const rest = marks.filter((mark) => scripts[mark] === undefined)
  return [name, ...rest.map((mark) => `(${mark})`)].join(' ')
}
