/** What an embedder was trained to read before a question and before a passage. A file does not say it: its name does. */

/** Whether a text asks, or is to be found. */
export type TextKind = 'query' | 'passage'

/**
 * Each family as its publisher asks for it. Only e5 and MiniLM were tried here; the others are from their published usage, unchecked: intfloat/e5, intfloat/multilingual-e5-*-instruct,
 * nomic-ai/nomic-embed-text, BAAI/bge-*-en and mixedbread-ai/mxbai-embed, google/embeddinggemma, Qwen/Qwen3-Embedding. The first
 * that fits counts; all others, the MiniLM models among them, were trained without.
 */
const families: readonly { name: RegExp; query: string; passage: string }[] = [
  {
    name: /\be5\b.*\binstruct\b|\bqwen3.embedding\b/,
    query: 'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ',
    passage: '',
  },
  { name: /\be5\b/, query: 'query: ', passage: 'passage: ' },
  { name: /\bnomic.embed\b/, query: 'search_query: ', passage: 'search_document: ' },
  { name: /\bbge\b.*\ben\b|\bmxbai\b/, query: 'Represent this sentence for searching relevant passages: ', passage: '' },
  { name: /\bembeddinggemma\b/, query: 'task: search result | query: ', passage: 'title: none | text: ' },
]

/** The words that go before a text. @param names what the file calls itself: `general.name`, `general.basename` */
export function wordsBefore(names: readonly string[], kind: TextKind): string {
  const family = families.find(({ name }) => names.some((own) => name.test(own.toLowerCase().replaceAll('_', '-'))))
  return family?.[kind] ?? ''
}
