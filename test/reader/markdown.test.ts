/** Markdown: rules, front matter, entities, notes and boxes, as they are shown. */
import { afterAll, expect, test } from 'vitest'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const texts = async (text: string): Promise<string[]> =>
  (await readDocument(keeper, 'a.md', text)).blocks.map((block) => block.text)

test('a text that begins with a rule loses nothing (bug: all up to the next rule)', async () => {
  expect(await texts('---\n\nA\n\n---\n\nB\n')).toEqual(['A', 'B'])
})

test('front matter is there with its words, an empty one is nothing', async () => {
  expect(await texts('---\ntitle: Lease\nby: Ann\n---\n\nText\n')).toEqual(['title: Lease\nby: Ann', 'Text'])
  expect(await texts('---\n---\nText\n')).toEqual(['Text'])
})

test('entities are letters, but in code', async () => {
  expect(
    await texts('Loyer&nbsp;: 950&#8239;&euro; par mois, d&eacute;p&ocirc;t 2&times;, &#8470; 12. `&amp;` &lt;b&gt; a < b'),
  ).toEqual(['Loyer : 950 € par mois, dépôt 2×, № 12. &amp; <b> a < b'])
})

test('a note and its sign are there (bug: notes were taken for addresses of links)', async () => {
  expect(await texts('Paid[^1] and due[^a].\n\n[^1]: https://example.org/source\n[^a]: Within 30 days.\n')).toEqual([
    'Paid¹ and due [a].',
    '[1] https://example.org/source',
    '[a] Within 30 days.',
  ])
})

test('boxes and numbers of lists are there, and what is struck out is marked', async () => {
  expect(await texts('- [x] Surgery\n- [ ] Transfusion\n\n3. c\n4. d\n\nWas ~~100~~ 200\n')).toEqual([
    ...['☑ Surgery', '☐ Transfusion', '3. c', '4. d', 'Was ~~100~~ 200'],
  ])
})
