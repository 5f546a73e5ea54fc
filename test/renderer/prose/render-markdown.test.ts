/** Markdown as HTML before it is sanitised: catches lost structure, money taken for a formula, and text that would freeze or break the page. */
import { describe, expect, it } from 'vitest'
import { splitBlocks } from '../../../renderer/ui/prose/blocks.ts'
import { markdownRenderer } from '../../../renderer/ui/prose/render-markdown.ts'
import { growth } from '../../fixtures/growth.ts'

const render = markdownRenderer((description) => `Picture: ${description}`)
/** On one line, with the formulas by their kind and what they say. */
function shown(source: string): string {
  return render(source)
    .replace(/<math([^>]*)>([^]*?)<\/math>/g, (_, attributes: string, inside: string) => {
      const text = inside.replace(/<[^>]*>/g, '')
      return attributes.includes('display="block"') ? `⟦⟦${text}⟧⟧` : `⟦${text}⟧`
    })
    .replace(/\n/g, '')
}
const paragraph = (inside: string): string => `<p>${inside}</p>`

describe('Markdown', () => {
  it.each([
    ['headings', '# One\n### Three', '<h1>One</h1><h3>Three</h3>'],
    ['a heading underlined', 'One\n===', '<h1>One</h1>'],
    ['emphasis', '*a* **b** ~~c~~ `d`', paragraph('<em>a</em> <strong>b</strong> <del>c</del> <code>d</code>')],
    ['a list', '- a\n- b\n  - c', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>'],
    ['numbers that go on', '3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['tasks', '- [ ] a\n- [x] b', '<ul><li>☐ a</li><li>☑ b</li></ul>'],
    ['a quote', '> a\n> b', '<blockquote><p>ab</p></blockquote>'],
    ['a rule', '---', '<hr>'],
    [
      'a table',
      '| a | b |\n| --- | ---: |\n| *1* | 2 |',
      '<table><thead><tr><th>a</th><th align="right">b</th></tr></thead>' +
        '<tbody><tr><td><em>1</em></td><td align="right">2</td></tr></tbody></table>',
    ],
    [
      'code in a list',
      '- a\n  ```py\n  if x < 1: y\n  ```',
      '<ul><li>a<pre><code class="language-py">if x &lt; 1: y</code></pre></li></ul>',
    ],
    ['a hard line end', 'a  \nb', paragraph('a<br>b')],
    ['escaped signs', '\\*a\\* 1\\. \\# &copy; & <', paragraph('*a* 1. # &copy; &amp; &lt;')],
    ['one tilde, which says “about”', '~5 to ~10', paragraph('~5 to ~10')],
    ['two about the same', 'from ~5~ to ~~6~~', paragraph('from ~5~ to <del>6</del>')],
    [
      'emphasis in Chinese',
      '**“重点”**内容和**“另一个”**内容',
      paragraph('<strong>“重点”</strong>内容和<strong>“另一个”</strong>内容'),
    ],
    ['emphasis in Japanese', 'これは**「重要」**です。', paragraph('これは<strong>「重要」</strong>です。')],
    ['emphasis in Chinese that begins with a sign', '文*（注）* 后', paragraph('文<em>（注）</em> 后')],
    ['emphasis with a sign where blanks part words', 'a **(b)** c', paragraph('a <strong>(b)</strong> c')],
    [
      'lines in a cell',
      '| a<br>b |\n| --- |\n| **1<br/>2** <BR > `<br>` <b> |',
      '<table><thead><tr><th>a<br>b</th></tr></thead>' +
        '<tbody><tr><td><strong>1<br>2</strong> <br> <code>&lt;br&gt;</code> &lt;b&gt;</td></tr></tbody></table>',
    ],
    ['words with underscores', 'due_on_date', paragraph('due_on_date')],
  ])('%s', (_, source, html) => expect(shown(source)).toBe(html))

  it('names the language of code', () =>
    expect(render('```sql\nSELECT 1\n```')).toBe('<pre><code class="language-sql">SELECT 1\n</code></pre>\n'))
})

describe('links and pictures', () => {
  it.each([
    ['[a](https://a.example "T")', '<a href="https://a.example" title="T">a</a>'],
    ['<https://a.example>', '<a href="https://a.example">https://a.example</a>'],
    ['https://a.example/b.', '<a href="https://a.example/b">https://a.example/b</a>.'],
    ['a@b.example', '<a href="mailto:a@b.example">a@b.example</a>'],
    ['![a](https://a.example/b.png)', '<em>Picture: a</em>'],
    ['![](https://a.example/b.png)', '<em>Picture: https://a.example/b.png</em>'],
    ['![<b>](https://a.example)', '<em>Picture: &lt;b&gt;</em>'],
    ['[![a](b.png)](https://a.example)', '<a href="https://a.example"><em>Picture: a</em></a>'],
  ])('%s', (source, html) => expect(shown(source)).toBe(paragraph(html)))

  it('find the addresses that another block defines', () => {
    const [block] = splitBlocks('see [it][1]\n\n[1]: https://one.example "One"')
    expect(shown(block!.source)).toBe('<p>see <a href="https://one.example" title="One">it</a></p>')
  })

  it('show a footnote as it was written', () =>
    expect(splitBlocks('a[^1]\n\n[^1]: Legifrance').map(({ source }) => shown(source))).toEqual([
      '<p>a[^1]</p>',
      '<p>[^1]: Legifrance</p>',
    ]))
})

describe('formulas', () => {
  it.each([
    ['$x$', '⟦x⟧'],
    ['\\(x\\)', '⟦x⟧'],
    ['a $x$, $y$.', 'a ⟦x⟧, ⟦y⟧.'],
    ['$a_1 b_2$ and _c_', '⟦a1b2⟧ and <em>c</em>'],
    ['$a*b*c$', '⟦a∗b∗c⟧'],
    ['$x$-axis', '⟦x⟧-axis'],
    ['**$x$**', '<strong>⟦x⟧</strong>'],
    ['设$x$为', '设⟦x⟧为'],
    ['see $$x$$ here', 'see ⟦⟦x⟧⟧ here'],
    ['see \\[x\\] here', 'see ⟦⟦x⟧⟧ here'],
    ['($x>0$)', '(⟦x&gt;0⟧)'],
    ['the $n$th, le $n$ième', 'the ⟦n⟧th, le ⟦n⟧ième'],
    ['${x}$ and $\\{1, 2\\}$', '⟦x⟧ and ⟦{1,2}⟧'],
    ['so \\[E = mc^2\\] is', 'so ⟦⟦E=mc2⟧⟧ is'],
    ['$a < b$', '⟦a&lt;b⟧'],
  ])('in a line: %s', (source, html) => expect(shown(source)).toBe(paragraph(html)))

  it.each([
    ['$$x$$', '⟦⟦x⟧⟧'],
    ['\\[ x \\]', '⟦⟦x⟧⟧'],
    ['$$\nx\n$$', '⟦⟦x⟧⟧'],
    ['$$\nx\n\n+ y\n$$', '⟦⟦x+y⟧⟧'],
    ['\\[\nx\n- y\n\\]', '⟦⟦x−y⟧⟧'],
    ['so:\n$$\nx\n$$\nand', '<p>so:</p>⟦⟦x⟧⟧<p>and</p>'],
    ['- so:\n  $$\n  x\n  $$', '<ul><li>so:⟦⟦x⟧⟧</li></ul>'],
    ['> $$\n> x\n> $$', '<blockquote>⟦⟦x⟧⟧</blockquote>'],
    ['| $x$ |\n| - |', '<table><thead><tr><th>⟦x⟧</th></tr></thead></table>'],
  ])('alone, and in other blocks: %j', (source, html) => expect(shown(source)).toBe(html))

  it.each([
    '$5 and $10',
    '5 $ et 10 $',
    'entre 5$ et 10$',
    '10$/mois, puis 20$/mois',
    '$5-$10, or US$5–US$10',
    'from $100k to $200k',
    '$1,000.50 (was $2,000)',
    'US$, A$',
    'in US$, C$ or A$',
    '=SUM($A$1:$A$10)',
    '$HOME/bin:$PATH',
    'echo $a:$b/$c',
    '${A}/x:${B}',
    '{$gt:5}',
    '{$gt:5,$lt:6}',
    '{$gt:5},{$lt:3}$',
    '$5',
    '$ x $',
    '$$',
    '$$ $$',
    '\\$x$',
    'a $ b',
    'between $5\nand x$',
  ])('are not money: %s', (source) => expect(shown(source)).toBe(paragraph(source.replaceAll('\n', '').replaceAll('\\', ''))))

  it.each(['\\[T\\]he', 'the \\[plaintiff\\] said', '“A \\[…\\] B”', 'tenant\\(s\\)'])(
    'are not words in brackets: %s',
    (source) => expect(shown(source)).toBe(paragraph(source.replaceAll('\\', ''))),
  )

  it('are not code', () => expect(shown('`$x$` `\\(y\\)`')).toBe(paragraph('<code>$x$</code> <code>\\(y\\)</code>')))

  it.each([
    ['$\\frac{1$', '<p><code>$\\frac{1$</code></p>'],
    ['a $\\nosuch{x}$', '<p>a <code>$\\nosuch{x}$</code></p>'],
    ['$$\n\\begin{aligned} x\n$$', '<pre><code>$$\\begin{aligned} x$$</code></pre>'],
    ['\\(<b>\\frac\\)', '<p><code>\\(&lt;b&gt;\\frac\\)</code></p>'],
    ['$\\href{https://a.example}{x}$', '<p><code>$\\href{https://a.example}{x}$</code></p>'],
    ['$\\includegraphics{a.png}$', '<p><code>$\\includegraphics{a.png}$</code></p>'],
    ['$\\htmlData{a=b}{x}$', '<p><code>$\\htmlData{a=b}{x}$</code></p>'],
    ['$\\def\\a{\\a\\a}\\a$', '<p><code>$\\def\\a{\\a\\a}\\a$</code></p>'],
  ])('that are broken or forbidden are shown as they were written: %j', (source, html) => expect(shown(source)).toBe(html))

  it.each(['$x', '\\(x', 'so: $$ x'])('that are still open are text: %s', (source) =>
    expect(shown(source)).toBe(paragraph(source.replace('\\', ''))),
  )
})

describe('HTML', () => {
  it.each([
    ['in a line', 'a <b onclick="x()">b</b>', paragraph('a &lt;b onclick=&quot;x()&quot;&gt;b&lt;/b&gt;')],
    ['as a block', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['with Markdown inside', '<div>\n\n*a*\n\n</div>', '&lt;div&gt;<p><em>a</em></p>&lt;/div&gt;'],
    ['a comment', 'a <!-- b --> c', paragraph('a &lt;!-- b --&gt; c')],
    ['in code', '`<b>`', paragraph('<code>&lt;b&gt;</code>')],
    ['in a heading', '# <b>', '<h1>&lt;b&gt;</h1>'],
    ['in a title', '[a](https://a.example "<b>")', paragraph('<a href="https://a.example" title="&lt;b&gt;">a</a>')],
    ['as the language of code', '```<b>\na\n```', '<pre><code class="language-&lt;b&gt;">a</code></pre>'],
    ['in a formula', '$<b>x</b>$', paragraph('⟦&lt;b&gt;x&lt;/b&gt;⟧')],
    ['raw, with Markdown after it', '<pre>*a*</pre>\n\n*b*', '&lt;pre&gt;*a*&lt;/pre&gt;<p><em>b</em></p>'],
    ['left open', 'a <b', paragraph('a &lt;b')],
  ])('is text: %s', (_, source, html) => expect(shown(source)).toBe(html))
})

describe('a model that loops', () => {
  it.each<[string, (times: number) => string]>([
    ['quotes', (times) => '> '.repeat(times) + 'end'],
    ['lists', (times) => '- '.repeat(times) + 'end'],
    ['numbers', (times) => '1. '.repeat(times) + 'end'],
    ['lists in quotes', (times) => '> - '.repeat(times) + 'end'],
    ['indents', () => Array.from({ length: 300 }, (_, depth) => `${'  '.repeat(depth)}- end`).join('\n')],
    ['underscores', (times) => '_a'.repeat(times) + ' end'],
    ['stars', (times) => '*a **b '.repeat(times) + ' end'],
    ['brackets', (times) => '['.repeat(times) + 'end'],
    ['links', (times) => '[a](b'.repeat(times) + ' end'],
    ['dollars', (times) => '$a '.repeat(times) + ' end'],
    ['open formulas', (times) => '\\('.repeat(times) + 'end'],
    ['open formulas on lines', (times) => '\\[\n\n'.repeat(times) + 'end'],
    ['backslashes', (times) => `$${'\\a'.repeat(times)} end`],
    ['fractions', () => `$${'\\frac{'.repeat(300)}end${'}{2}'.repeat(300)}$`],
    ['addresses', (times) => `${'a.'.repeat(times)}@ end`],
    ['HTML', (times) => '<a '.repeat(times) + ' end'],
    ['one word', (times) => `${'a'.repeat(times * 10)} end`],
    ['pipes', (times) => `${'|'.repeat(times)}\n${'|-'.repeat(times)}|\n\nend`],
  ])('neither freezes the page nor breaks it: %s', async (_, source) => {
    const draw = (times: number): void => {
      const blocks = splitBlocks(source(times))
      expect(blocks.map((block) => render(block.source)).join('')).toContain('end')
    }
    expect(await growth(draw, 20_000)).toBeLessThan(12)
  })

  it('loses no word of a very long line', () => {
    const words = Array.from({ length: 5000 }, (_, index) => `w${index}`).join(' ')
    expect(render(words)).toBe(`<p>${words}</p>\n`)
  })

  it('loses no part of one that has no blank', () => expect(render('é'.repeat(9001))).toBe(`<p>${'é'.repeat(9001)}</p>\n`))
})
