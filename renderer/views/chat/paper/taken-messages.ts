/** Messages as they are taken away: as a paper, and as Markdown. Pure. */
import type { Message } from '../../../../contract/conversation.ts'
import type { Paper, PaperBlock, PaperSource } from '../../../../contract/paper.ts'
import type { GivenSource } from '../../../../contract/sources.ts'
import type { Words } from '../../../i18n/i18n.svelte.ts'
import { evidenceOf, spansOf } from '../../../state/source-places.ts'
import { citedNumbers, claimsOf } from '../../../state/support.ts'
import { markdownBlocks } from './markdown-blocks.ts'

/** What is taken: some turns of a branch, in order, each with the sources that it had. */
export interface Taken {
  workspaceId: string
  title: string
  messages: readonly Message[]
  /** Whether it says who speaks; an answer that is copied alone is its words and its sources. */
  headed: boolean
  at: number
}

type OwnWords = Pick<Words, 'text' | 'format' | 'language' | 'span' | 'trouble'>

/** Characters of a source that are quoted where no sentence says which of them it rests on. */
const longestQuote = 1200

export function paperOf({ title, messages, headed, at }: Taken, words: OwnWords): Paper {
  const { papers, chat, sources: sourceWords } = words.text
  const list = new SourceList(words)
  let lists = 0
  const blocks = messages.flatMap((message): PaperBlock[] => {
    const head: PaperBlock[] = headed
      ? [{ kind: 'heading', level: message.role === 'user' ? 1 : 2, runs: [{ text: headOf(message, words) }] }]
      : []
    if (message.role === 'user') return [...head, ...plainBlocks(message.text)]
    const marks = list.take(message)
    const body = message.sources?.declined
      ? plainBlocks(sourceWords.declined)
      : markdownBlocks(message.text, {
          marks,
          firstLevel: headed ? 3 : 1,
          nextList: () => ++lists,
          image: (description) => chat.prose.image(description),
        })
    const end = endOf(message, words)
    return [...head, ...body, ...(end === null ? [] : [{ kind: 'note' as const, runs: [{ text: end }] }])]
  })
  return {
    title: title === '' ? papers.untitled : title,
    language: words.language,
    createdAt: at,
    blocks,
    sources: list.sources,
    words: { sources: sourceWords.references, undrawn: papers.undrawn },
  }
}

/** The words as the model wrote them, with the sources below. */
export function markdownOf({ title, messages, headed }: Taken, words: OwnWords): string {
  const list = new SourceList(words)
  const turns = messages.map((message) => {
    const head = headed ? `${message.role === 'user' ? '##' : '###'} ${headOf(message, words)}\n\n` : ''
    if (message.role === 'user') return head + message.text.trim()
    const marks = list.take(message)
    const body = message.sources?.declined ? words.text.sources.declined : renumbered(message.text, marks)
    const end = endOf(message, words)
    return `${head}${body.trimEnd()}${end === null ? '' : `\n\n*${end}*`}`
  })
  const sources = list.sources.map(({ number, name, place, quotes }) =>
    [
      words.text.sources.referenceLine(number, name, place),
      ...quotes.map((quote) => `> ${quote.trim().replace(/\s*\n\s*/g, '\n> ')}`),
    ].join('\n'),
  )
  return [
    ...(headed ? [`# ${title === '' ? words.text.papers.untitled : title}`] : []),
    ...turns,
    ...(sources.length > 0 ? [`${headed ? '## ' : ''}${words.text.sources.references}`, ...sources] : []),
  ].join('\n\n')
}

/** The sources of all answers, each once, under numbers that no two share. */
class SourceList {
  readonly #words: OwnWords
  readonly #byKey = new Map<string, PaperSource>()
  readonly #taken = new Set<number>()

  constructor(words: OwnWords) {
    this.#words = words
  }

  get sources(): PaperSource[] {
    return [...this.#byKey.values()].sort((one, other) => one.number - other.number)
  }

  /** @returns the numbers that the answer's marks have here, by their own */
  take(message: Message): Map<number, number> {
    const claims = claimsOf(message)
    const marks = new Map<number, number>()
    if (message.sources?.declined) return marks
    for (const number of citedNumbers(message)) {
      const source = message.sources?.given.find((given) => given.number === number)
      if (!source) continue
      const place = spansOf(source, claims)
        .map((span) => this.#words.span(span))
        .join(', ')
      const quotes = quotesOf(source, claims)
      const key = JSON.stringify([source.documentId, source.start, source.end, source.text])
      const known = this.#byKey.get(key)
      if (known) {
        known.quotes = [...new Set([...known.quotes, ...quotes])]
        if (!known.place.split(', ').includes(place)) known.place = `${known.place}, ${place}`
      } else this.#byKey.set(key, { number: this.#free(number), name: source.documentName, place, quotes })
      marks.set(number, this.#byKey.get(key)?.number ?? number)
    }
    return marks
  }

  /** In what older versions kept, each question began at 1. */
  #free(number: number): number {
    while (this.#taken.has(number)) number++
    this.#taken.add(number)
    return number
  }
}

function quotesOf(source: GivenSource, claims: ReturnType<typeof claimsOf>): string[] {
  const parts = claims
    .flatMap((claim) => evidenceOf(source, claim) ?? [])
    .toSorted((one, other) => one.start - other.start)
    .map(({ start, end }) => source.text.slice(start, end).trim())
  const quotes = [...new Set(parts)].filter((part) => part !== '')
  if (quotes.length > 0) return quotes
  const text = source.text.trim()
  return text === '' ? [] : [text.length > longestQuote ? `${text.slice(0, longestQuote).toWellFormed().trimEnd()}…` : text]
}

/** The text with the marks that it has in the paper, where these are others. */
function renumbered(text: string, marks: ReadonlyMap<number, number>): string {
  if ([...marks].every(([own, there]) => own === there)) return text
  return text.replace(
    /\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]/g,
    (_whole, numbers: string) => `[${numbers.replace(/\d+/g, (number) => String(marks.get(Number(number)) ?? number))}]`,
  )
}

function headOf({ role, createdAt, facts, state }: Message, { text, format }: OwnWords): string {
  if (role === 'user') return text.papers.asked(format.moment(createdAt))
  // A person's words are not the model's.
  if (state === 'edited') return text.papers.edited
  return facts ? text.chat.thread.answerBy(facts.modelName) : text.chat.thread.answer
}

/** How an answer ended, where that was not as it should. */
function endOf({ role, state, trouble }: Message, words: OwnWords): string | null {
  const { states, failedTitle } = words.text.chat.thread
  if (role === 'user' || state === 'finished' || state === 'edited') return null
  if (state === 'writing') return words.text.papers.unfinished
  if (state === 'failed') return trouble ? words.trouble(trouble) : failedTitle
  return states[state]
}

/** What a person typed is no Markdown. */
function plainBlocks(text: string): PaperBlock[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((part) => ({ kind: 'paragraph', runs: [{ text: part }], depth: 0, quoted: false }))
}
