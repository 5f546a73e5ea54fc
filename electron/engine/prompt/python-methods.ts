/**
 * Makes @huggingface/jinja do what Python does with methods of strings that templates call: its own `strip`, `lstrip` and
 * `rstrip` ignore their argument (they ate the spaces before an answer in QwQ's template), and it has no `format`. The calls
 * are rewritten, in the parsed template, into calls of functions that are handed over with the variables.
 */

/** A node of a parsed template, as far as this file looks at it. */
interface Node {
  type: string
  [part: string]: unknown
}

const stripMethods = ['strip', 'lstrip', 'rstrip']

/** The functions that the rewritten calls call. */
export const pythonMethods = {
  python_strip: (text: unknown, characters: unknown) => trim(text, characters, true, true),
  python_lstrip: (text: unknown, characters: unknown) => trim(text, characters, true, false),
  python_rstrip: (text: unknown, characters: unknown) => trim(text, characters, false, true),
  python_format: (text: unknown, ...values: unknown[]) => format(text, values),
}

/** Rewrites in place `x.strip(c)` to `python_strip(x, c)` and `'…{}…'.format(y)` to `python_format('…{}…', y)`. */
export function rewritePythonMethods(tree: unknown): void {
  if (tree instanceof Map) for (const entry of tree) rewritePythonMethods(entry)
  else if (Array.isArray(tree)) for (const item of tree) rewritePythonMethods(item)
  else if (isNode(tree)) {
    for (const part of Object.values(tree)) rewritePythonMethods(part)
    const { callee, args } = tree
    if (tree.type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression' || !Array.isArray(args)) return
    const { object, property, computed } = callee
    if (computed === true || !isNode(object) || !isNode(property) || typeof property['value'] !== 'string') return
    const method = property['value']
    const strips = stripMethods.includes(method) && args.length === 1
    if (!strips && !(method === 'format' && object.type === 'StringLiteral')) return
    property['value'] = `python_${method}`
    tree['callee'] = property
    args.unshift(object)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function trim(text: unknown, characters: unknown, start: boolean, end: boolean): string {
  if (typeof text !== 'string' || typeof characters !== 'string') throw new TypeError('strip wants strings')
  const strip = new Set(characters)
  const letters = [...text]
  let from = 0
  let to = letters.length
  while (start && from < to && strip.has(letters[from] ?? '')) from++
  while (end && to > from && strip.has(letters[to - 1] ?? '')) to--
  return letters.slice(from, to).join('')
}

/** Only `{}`, in order: anything richer is refused, so that the template counts as one that cannot be rendered. */
function format(text: unknown, values: unknown[]): string {
  if (typeof text !== 'string') throw new TypeError('format wants a string')
  let next = 0
  const result = text.replace(/\{([^}]*)\}/g, (_, field: string) => {
    const value = values[next++]
    if (field !== '' || (typeof value !== 'string' && typeof value !== 'number')) throw new TypeError('format knows only {}')
    return String(value)
  })
  return result
}
