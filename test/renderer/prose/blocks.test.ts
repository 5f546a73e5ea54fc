/** Markdown cut into blocks: catches text that vanishes, code that flickers while it is written, and blocks that are made again without need. */
import { describe, expect, it } from 'vitest'
import { splitBlocks, type Block } from '../../../renderer/ui/prose/blocks.ts'

const fence = '```'
const kinds = (source: string): string[] => splitBlocks(source).map(({ kind }) => kind)
const sources = (source: string): string[] => splitBlocks(source).map((block) => block.source.trim())

const everything = `# Notice

The tenant may *leave*, see [the code](https://a.example) and \`due_on\`.
It is a second line.

- one
- two
  - deeper

  with a paragraph

1. first

   ${fence}sh
   ls
   ${fence}
2. second

${fence}sql
SELECT 1

- no list
${fence}

| a | b |
| --- | ---: |
| 1 | 2 |

> quoted
> - list

Setext
======

$$
x = 1

+ y
$$

~~~
tilde
~~~

<div>raw</div>

    indented

---

The end.
`

/** The blocks after each step of a text that grows. */
function* growing(source: string, step: number, from = 0): Generator<{ before: Block[]; after: Block[]; at: number }> {
  let before = splitBlocks(source.slice(0, from))
  for (let at = from + step; at < source.length + step; at += step) {
    const after = splitBlocks(source.slice(0, at), before)
    yield { before, after, at }
    before = after
  }
}

describe('blocks', () => {
  it('are cut at the top level only', () => {
    expect(kinds(everything)).toEqual([
      ...['other', 'other', 'other', 'other', 'code', 'table', 'other', 'other', 'other', 'code', 'other', 'code'],
      ...['other', 'other'],
    ])
    expect(sources('one\nstill one\n\n\n\ntwo')).toEqual(['one\nstill one', 'two'])
    expect(sources('- a\n\n- b\n\n  c\n- d')).toEqual(['- a\n\n- b\n\n  c\n- d'])
    expect(sources('| a | b |\n| - | - |\n| 1 | 2 |\n\nafter')).toEqual(['| a | b |\n| - | - |\n| 1 | 2 |', 'after'])
    expect(kinds('| a | b |\n| - | - |')).toEqual(['table'])
    expect(kinds('| a | b |')).toEqual(['other'])
  })

  it.each(['', '\n\n', '   '])('are none of %j', (source) => expect(splitBlocks(source)).toEqual([]))

  it('lose no text', () => {
    const whole = splitBlocks(everything).map((block) => block.source)
    expect(whole.join('').replace(/\s/g, '')).toBe(everything.replace(/\s/g, ''))
  })

  it('are the same with the line ends of Windows', () =>
    expect(splitBlocks(everything.replaceAll('\n', '\r\n'))).toEqual(splitBlocks(everything)))

  it.each([
    ['a language', `${fence}sql\nSELECT 1\n${fence}`, 'sql', 'SELECT 1'],
    ['more than a language', `${fence}js title="a.js" {1}\na\n${fence}`, 'js', 'a'],
    ['no language', `${fence}\na\n\n\nb\n${fence}`, '', 'a\n\n\nb'],
    ['tildes', `~~~py\n${fence}\n~~~`, 'py', fence],
    ['a longer fence', `${fence}\`md\n${fence}js\na\n${fence}\n${fence}\``, 'md', `${fence}js\na\n${fence}`],
    ['HTML as the language', `${fence}<img/src=x>\na\n${fence}`, '<img/src=x>', 'a'],
    ['signs of Markdown', `${fence}\n# a\n- b\n| c |\n$$d$$\n[e]: f\n${fence}`, '', '# a\n- b\n| c |\n$$d$$\n[e]: f'],
    ['an indent', '    a\n    b', '', 'a\nb'],
    ['nothing yet', fence, '', ''],
    ['an open fence', `${fence}sql\nSELECT\n\n- 1`, 'sql', 'SELECT\n\n- 1'],
    ['a fence that is half closed', `${fence}sql\nSELECT\n\`\``, 'sql', 'SELECT\n``'],
  ])('are code: %s', (_, source, language, code) => expect(splitBlocks(source)).toMatchObject([{ kind: 'code', language, code }]))

  it('stay code from the first line of a fence to its last', () => {
    const source = `${fence}js\nconst a = \`b\`\n\n# no heading\n${fence}\n\nafter`
    for (const { after, at } of growing(source, 1, 5))
      if (at <= source.length - 'after'.length) expect(after, source.slice(0, at)).toMatchObject([{ kind: 'code' }])
  })

  it('hold a formula together, though its lines look like lists and paragraphs', () => {
    const formula = '$$\n\\begin{aligned}\nx &= a \\\\\n\n+ b \\\\\n- c\n\\end{aligned}\n$$'
    expect(sources(`before:\n${formula}\nafter`)).toEqual(['before:', formula, 'after'])
    expect(sources('\\[\na\n+ b\n\\]')).toEqual(['\\[\na\n+ b\n\\]'])
    expect(sources('$$a$$ and $$b$$')).toEqual(['$$a$$ and $$b$$'])
    expect(sources(`$$\nopen\n\n${'far '.repeat(1000)}\n$$`)).toHaveLength(2)
  })

  it('take along the addresses that they refer to', () => {
    const definitions = '[1]: https://one.example "One"\n[Two  words]: https://two.example\n'
    const [first, second, ...more] = sources(`see [it][1]\n\n| [two words] |\n| - |\n\n${definitions}`)
    expect(first).toBe('see [it][1]\n\n[1]: https://one.example "One"')
    expect(second).toBe('| [two words] |\n| - |\n\n[Two  words]: https://two.example')
    expect(more).toEqual([])
  })

  it('show a definition that nothing refers to, and every footnote', () =>
    expect(sources('a[^1]\n\n[^1]: Legifrance\n[b]: https://b.example')).toEqual([
      'a[^1]',
      '\\[^1]: Legifrance',
      '\\[b]: https://b.example',
    ]))
})

describe('a text that grows', () => {
  it.each([1, 2, 7, 40])('keeps every block before its end as it is, %i characters at a time', (step) => {
    // An open formula is text until it is closed, and `2` is no part of a list before its dot: hence two blocks, not one.
    const source = everything.replace(/\$\$[^]+\$\$\n/, '')
    for (const { before, after, at } of growing(source, step))
      for (const [index, block] of before.slice(0, -2).entries()) expect(after[index], `${index} at ${at}`).toBe(block)
  })

  it('ends as if it had come at once', () => {
    const last = [...growing(everything, 3)].at(-1)?.after
    expect(last).toEqual(splitBlocks(everything))
  })

  it('has one block to render for a token, also when it is long', () => {
    const long = everything.repeat(400)
    let rendered = 0
    let steps = 0
    const tail = `${long}And one more ${fence}paragraph${fence} with *words*.\n\n- that\n- comes slowly\n`
    for (const { before, after } of growing(tail, 4, long.length)) {
      rendered += after.filter((block, index) => block !== before[index]).length
      steps++
    }
    const count = splitBlocks(long).length
    expect(count).toBeGreaterThan(5000)
    expect(rendered).toBeLessThanOrEqual(steps)
  })

  it('changes only the block that refers when a definition comes', () => {
    const text = 'one [a]\n\ntwo [b]\n\nthree\n\n'
    const before = splitBlocks(text)
    const after = splitBlocks(`${text}[b]: https://b.example`, before)
    expect(after.map((block, index) => block === before[index])).toEqual([true, false, true])
  })
})
