/** No field gives what is typed to the browser: not to its session files, not to its spelling, writing or translating services. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, type AST } from 'svelte/compiler'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../renderer')
/** Input types that nobody types into: they have no spelling. */
const untyped = new Set(['checkbox', 'radio', 'file'])
/** What a password's field may say instead: browsers keep no typed password in their session files. */
const kept = new Set(['off', 'current-password', 'new-password'])

/** The fields of a component's markup, each with what it has of our concern. */
function fieldsOf(file: string): { place: string; faults: string[] }[] {
  const source = readFileSync(join(root, file), 'utf8')
  const found: { place: string; faults: string[] }[] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('type' in node && node.type === 'RegularElement') {
      const element = node as AST.RegularElement
      const written = new Map(
        element.attributes.flatMap((each) => (each.type === 'Attribute' ? [[each.name, textOf(each)]] : [])),
      )
      const isField = element.name === 'input' || element.name === 'textarea' || written.has('contenteditable')
      if (isField) found.push({ place: `${file}: ${source.slice(element.start, element.start + 60)}`, faults: faultsOf(written) })
    }
    for (const part of Object.values(node))
      if (Array.isArray(part)) part.forEach(walk)
      else walk(part)
  }
  walk(parse(source, { modern: true }).fragment)
  return found
}

function textOf({ value }: AST.Attribute): string {
  const [first] = Array.isArray(value) ? value : []
  return first?.type === 'Text' ? first.data : ''
}

function faultsOf(written: ReadonlyMap<string, string>): string[] {
  const faults: string[] = []
  if (!kept.has(written.get('autocomplete') ?? '')) faults.push('autocomplete')
  if (!untyped.has(written.get('type') ?? '') && written.get('spellcheck') !== 'false') faults.push('spellcheck')
  return faults
}

test('every field says autocomplete="off" and spellcheck="false" (bug: drafts lay in the browser’s session files)', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.svelte'))
  const fields = files.flatMap(fieldsOf)
  expect(fields.length).toBeGreaterThan(12)
  expect(fields.filter(({ faults }) => faults.length > 0)).toEqual([])
})

test('nothing that a field is given takes it back', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.svelte'))
  const givers = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(autocomplete|spellcheck)=(["{][^"}]*["}])/g)].map(
      ([, name, value]) => `${name}=${value}`,
    ),
  )
  const allowed = [
    ...['"off"', '"current-password"', '"new-password"', '"list"', "{shown ? 'off' : autocomplete}"].map(
      (value) => `autocomplete=${value}`,
    ),
    ...['spellcheck="false"', 'spellcheck={false}'],
  ]
  expect([...new Set(givers)].filter((each) => !allowed.includes(each))).toEqual([])
})

test('the whole page is offered to no translator and no writing service', () => {
  expect(readFileSync(join(root, 'index.html'), 'utf8')).toContain(
    '<html lang="en" translate="no" spellcheck="false" writingsuggestions="false">',
  )
})
