// What becomes of messages that are taken away: the same Markdown as on the page, as blocks of a paper, with the sources that it points at.
import { describe, expect, test } from 'vitest'
import { Paper, type PaperBlock } from '../../contract/paper.ts'
import type { Message } from '../../contract/conversation.ts'
import type { GivenSource } from '../../contract/sources.ts'
import { Words } from '../../renderer/i18n/i18n.svelte.ts'
import { markdownBlocks } from '../../renderer/views/chat/paper/markdown-blocks.ts'
import { markdownOf, paperOf, type Taken } from '../../renderer/views/chat/paper/taken-messages.ts'

function blocksOf(source: string, marks: [number, number][] = []): PaperBlock[] {
  let lists = 0
  return markdownBlocks(source, {
    ...{ marks: new Map(marks), firstLevel: 1, nextList: () => ++lists },
    image: (description) => `Picture: ${description}`,
  })
}
const shape = (block: PaperBlock): string =>
  `${block.kind} ${'depth' in block ? block.depth : ''} ${'runs' in block ? block.runs.map(({ text }) => text).join('|') : ''}`.trim()

describe('Markdown becomes blocks', () => {
  test('lists in lists, with code and quotations inside of them, each as deep as it lies', () => {
    const blocks = blocksOf(
      '3. three\n   - nested\n\n     ```sh\n     ls\n     ```\n4. four\n\n   > said\n\n- [x] done\n- [ ] open',
    )
    expect(blocks.map(shape)).toEqual([
      ...['item 1 three', 'item 2 nested', 'code 2', 'item 1 four', 'paragraph 2 said', 'item 1 ✓ |done', 'item 1 □ |open'],
    ])
    expect(blocks.flatMap((block) => (block.kind === 'item' ? [[block.list, block.number]] : []))).toEqual([
      ...[
        [1, 3],
        [2, null],
        [1, 4],
        [3, null],
        [3, null],
      ],
    ])
    expect(blocks[4]).toMatchObject({ quoted: true })
  })

  test('looks, links, line breaks, formulas, and names of characters', () => {
    const [block] = blocksOf('A **b *c*** ~~d~~ `e` [f](https://x.example/?a=1&b=2) \\(x^2\\) &amp; &#8364;\nsoft  \nhard')
    expect(block).toEqual({
      kind: 'paragraph',
      depth: 0,
      quoted: false,
      runs: [
        { text: 'A ' },
        { text: 'b ', bold: true },
        { text: 'c', bold: true, italic: true },
        { text: ' ' },
        { text: 'd', struck: true },
        { text: ' ' },
        { text: 'e', code: true },
        { text: ' ' },
        { text: 'f', link: 'https://x.example/?a=1&b=2' },
        { text: ' ' },
        { text: 'x^2', code: true },
        { text: ' & € soft' },
        { text: '\n' },
        { text: 'hard' },
      ],
    })
  })

  test('addresses that run something, markup and pictures are text', () => {
    const blocks = blocksOf(
      '[a](javascript:alert(1)) [b](file:///etc/passwd) [c](data:text/html,x)\n\n<script>alert(1)</script>\n\n![pixel](https://evil.example/p.png)',
    )
    const text = JSON.stringify(blocks)
    expect(text).not.toContain('"link"')
    expect(blocks.map(shape)).toEqual([
      'paragraph 0 a| |b| |c',
      'paragraph 0 <script>alert(1)</script>',
      'paragraph 0 Picture: pixel',
    ])
  })

  test('tables keep their lines and sides', () => {
    expect(blocksOf('| a | b |\n|---|--:|\n| 1<br>2 | [3] |', [[3, 3]])).toEqual([
      {
        kind: 'table',
        align: ['left', 'right'],
        rows: [
          [[{ text: 'a' }], [{ text: 'b' }]],
          [[{ text: '1' }, { text: '\n' }, { text: '2' }], [{ text: '[3]', source: 3 }]],
        ],
      },
    ])
  })

  test('only marks of sources are marks, whatever stands under the answer', () => {
    const blocks = blocksOf('It is so [1, 7] and `[1]`.\n\n[1]: https://evil.example', [[1, 4]])
    expect(blocks.map(shape)).toEqual(['paragraph 0 It is so|[4]|[7] and |[1]|.', 'paragraph 0 [4]|: https://evil.example'])
  })
})

const source = (number: number, more: Partial<GivenSource> = {}): GivenSource => ({
  ...{ number, documentId: 'd', documentName: 'Lease.pdf', headings: [], start: number * 100, end: number * 100 + 50 },
  ...{ place: { kind: 'page', page: number, boxes: [] }, text: `Words of passage ${number}. More of it.` },
  ...more,
})
function answer(text: string, given: GivenSource[], more: Partial<Message> = {}): Message {
  const check = { start: 0, end: 5, verdict: 'supported' as const, sources: [given[0]?.number ?? 1] }
  return {
    ...{
      id: text,
      parentId: 'q',
      role: 'assistant',
      text,
      thought: 'SECRET THOUGHT',
      state: 'finished',
      trouble: null,
      facts: null,
    },
    sources: {
      ...{ mode: 'passages', strict: false, query: '', embedderName: null, given, leftOut: 0, declined: false },
      checks: given[0] ? [{ ...check, evidence: { number: given[0].number, start: 0, end: 19 } }] : [],
    },
    ...{ createdAt: Date.UTC(2026, 10, 30, 12), siblings: [] },
    ...more,
  }
}
const question: Message = { ...answer('Two\n\nparts', []), id: 'q', role: 'user', sources: null }
const taken = (messages: Message[], headed = true): Taken => ({ workspaceId: 'w', title: 'Notice', messages, headed, at: 7 })
const words = new Words()

describe('messages that are taken', () => {
  test('are a paper that the host takes, with the words that were relied on, and without what was only thought', () => {
    const paper = paperOf(taken([question, answer('It is three months [2].\n\n# Own heading', [source(2), source(3)])]), words)
    expect(Paper.parse(JSON.parse(JSON.stringify(paper)))).toEqual(paper)
    expect(paper.sources).toEqual([{ number: 2, name: 'Lease.pdf', place: 'page 2', quotes: ['Words of passage 2.'] }])
    expect(paper.blocks.flatMap((block) => (block.kind === 'heading' ? [block.level] : []))).toEqual([1, 2, 3])
    expect(JSON.stringify(paper)).not.toContain('SECRET')
    expect(paper.createdAt).toBe(7)
  })

  test('of older versions, where each question counted from 1, have numbers that no two sources share', () => {
    const [first, second] = [
      answer('First [1].', [source(1)]),
      answer('Second [1] and [2].', [source(1, { documentName: 'Loan.pdf', documentId: 'e' }), source(2)]),
    ]
    const paper = paperOf(taken([first, second]), words)
    expect(paper.sources.map(({ number, name }) => [number, name])).toEqual([
      [1, 'Lease.pdf'],
      [2, 'Loan.pdf'],
      [3, 'Lease.pdf'],
    ])
    const marks = paper.blocks.flatMap((block) => ('runs' in block ? block.runs.flatMap((run) => run.source ?? []) : []))
    expect(marks).toEqual([1, 2, 3])
    expect(markdownOf(taken([first, second]), words)).toContain('Second [2] and [3].')
  })

  test('as Markdown are what the model wrote, with numbered sources below', () => {
    expect(markdownOf(taken([answer('It is **so** [2].', [source(2)])], false), words)).toBe(
      'It is **so** [2].\n\nSources\n\n[2] Lease.pdf, page 2\n> Words of passage 2.',
    )
    expect(markdownOf(taken([question]), words)).toMatch(/^# Notice\n\n## You asked, .+\n\nTwo\n\nparts$/)
  })

  test('say how an answer ended; one that was declined says that, and nothing of what the model wrote', () => {
    const stopped = paperOf(taken([answer('Half', [], { state: 'stopped' })]), words)
    expect(stopped.blocks.at(-1)).toMatchObject({ kind: 'note' })
    const edited = paperOf(taken([answer('Mine', [], { state: 'edited' })]), words)
    expect(edited.blocks.map((block) => ('runs' in block ? block.runs[0]?.text : ''))).toEqual([words.text.papers.edited, 'Mine'])
    const declined = answer('INVENTED [1]', [source(1)])
    if (declined.sources) declined.sources.declined = true
    const paper = paperOf(taken([declined]), words)
    expect(JSON.stringify(paper)).not.toContain('INVENTED')
    expect(paper.sources).toEqual([])
    expect(markdownOf(taken([declined]), words)).not.toContain('INVENTED')
  })
})
