/** Marks and checked sentences in what is shown of an answer: catches marks for what was never given, and underlines that slip. */
import { describe, expect, it } from 'vitest'
import { splitBlocks } from '../../../renderer/ui/prose/blocks.ts'
import { markParts } from '../../../renderer/ui/prose/citation-marks.ts'
import { sentenceSpans } from '../../../renderer/ui/prose/sentence-spans.ts'

const given = new Set([1, 2, 12])

describe('marks', () => {
  it.each([
    ['A claim [1].', ['A claim ', 1, '.']],
    ['[1][2]', [1, 2]],
    ['[1, 2; 12]', [1, 2, 12]],
    ['Both [1, 99] and [99].', ['Both ', 1, '[99] and [99].']],
    ['[99] alone', ['[99] alone']],
    ['[0] [01] [1a] [ 1 ] [^1] (1) 1] [', ['[0] ', 1, ' [1a] [ 1 ] [^1] (1) 1] [']],
    ['[1](javascript:alert(1))', [1, '(javascript:alert(1))']],
    ['<button class="cite">1</button>', ['<button class="cite">1</button>']],
    ['[12345]', ['[12345]']],
    ['', []],
  ])('%s', (text, parts) => expect(markParts(text, given)).toEqual(parts))

  it('are not made links of by a definition that a document smuggled in', () => {
    const sources = (marks?: Set<number>): string[] =>
      splitBlocks('A claim [1].\n\n[1]: https://evil.example', [], marks).map(({ source }) => source)
    expect(sources()[0]).toContain('https://evil.example')
    expect(sources(given)).toEqual(['A claim [1].', '\\[1]: https://evil.example'])
  })
})

describe('sentences', () => {
  /** What is underlined in the shown text. */
  const underlined = (shown: string, ...sentences: string[]): (string | null)[] =>
    sentenceSpans(shown, sentences).map((span) => span && shown.slice(span.start, span.end))

  it.each([
    ['Yes. It ends.', ['It ends.'], ['It ends.']],
    ['It ends on 31 March .', ['It ends on **31 March** [1].'], ['It ends on 31 March .']],
    ['« Oui » ? Non.', ['« Oui » ?', 'Non.'], ['Oui » ?', 'Non.']],
    ['One\nTwo', ['1. One', '2. Two'], ['One', 'Two']],
    ['The code says so.', ['The [code](https://a.example/b_(c)) says so.'], ['The code says so.']],
    ['a\n1\nb\n2', ['| a | 1 |', '| b | 2 |'], ['a\n1', 'b\n2']],
    ['x = y', ['$x = \\frac{1}{y}$'], [null]],
    ['Same. Same.', ['Same.', 'Same.'], ['Same.', 'Same.']],
    ['Ends 𝒳. Next', ['Ends 𝒳.'], ['Ends 𝒳.']],
    ['Only this', ['---'], [null]],
  ])('%s', (shown, sentences, expected) => expect(underlined(shown, ...sentences)).toEqual(expected))

  it('takes the second of two that are alike', () => {
    const [first, second] = sentenceSpans('Same. Same.', ['Same.', 'Same.'])
    expect([first?.start, second?.start]).toEqual([0, 6])
  })
})
