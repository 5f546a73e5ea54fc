/** The sets of questions that retrieval is measured by: the project's own always, and those that lie beside the checkout. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { reportQuestions } from './report-questions.ts'
import { gradedSet, type GradedQuestion } from '../fixtures/graded-sets.ts'

const folder = process.env['ALAMBIC_RETRIEVAL_SETS'] ?? join(import.meta.dirname, '../../../shared/corpora/retrieval')

/** A document, or the snippet of it that is meant, and how well it answers. */
interface Grade {
  document: string
  snippet: string | null
  grade: number
}

export interface RetrievalSet {
  name: string
  /** To be read by the reader, as what their names say they are. */
  documents: { name: string; text: string }[]
  /** Each document is one passage, however long it is. */
  isWhole: boolean
  questions: { text: string; kind: GradedQuestion['kind'] | null; grades: Grade[] }[]
}

const Squad = z.object({
  data: z.array(
    z.object({ paragraphs: z.array(z.object({ context: z.string(), qas: z.array(z.object({ question: z.string() })) })) }),
  ),
})
const PubMed = z.record(z.string(), z.object({ QUESTION: z.string(), CONTEXTS: z.array(z.string()), LONG_ANSWER: z.string() }))

type Shared = Pick<RetrievalSet, 'documents' | 'questions'>

/** By its name, how each is had: those beside the checkout come twice, split and whole. */
const readers: Readonly<Record<string, () => RetrievalSet>> = {
  'own-en': () => own('own-en', 'en'),
  'own-fr': () => own('own-fr', 'fr'),
  ...twice('cnil', 'cnil-fr-squad.json', squad),
  ...twice('covid-qa', 'covid-qa-squad.json', squad),
  ...twice('pubmedqa', 'pubmedqa.json', pubMed),
  ...twice('abstracts', 'pubmedqa.json', abstracts),
  ...report(),
}

/** Those whose names have one of these words in them; all without words. */
export function retrievalSets(words: readonly string[]): RetrievalSet[] {
  return Object.entries(readers)
    .filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)))
    .map(([, read]) => read())
}

/** Whether the others are here, and where they would be. */
export const sharedSets = { folder, areHere: existsSync(folder) }

function own(name: string, language: 'en' | 'fr'): RetrievalSet {
  const { documents, questions } = gradedSet(language)
  return {
    ...{ name, documents, isWhole: false },
    questions: questions.map(({ question, kind, grades }) => ({ text: question, kind, grades })),
  }
}

function twice(name: string, file: string, read: (name: string, text: string) => Shared): Record<string, () => RetrievalSet> {
  const path = join(folder, file)
  if (!existsSync(path)) return {}
  const set = (): Shared => read(name, readFileSync(path, 'utf8'))
  const whole = `${name} whole`
  return {
    [name]: () => ({ name, ...set(), isWhole: false }),
    [whole]: () => ({ name: whole, ...set(), isWhole: true }),
  }
}

function squad(name: string, text: string): Shared {
  const paragraphs = Squad.parse(JSON.parse(text)).data.flatMap((each) => each.paragraphs)
  return collect(
    name,
    paragraphs.map(({ context, qas }) => ({ text: context, questions: qas.map(({ question }) => question) })),
  )
}

function pubMed(name: string, text: string): Shared {
  return collect(
    name,
    Object.values(PubMed.parse(JSON.parse(text))).map(({ QUESTION, CONTEXTS }) => ({
      text: CONTEXTS.join('\n\n'),
      questions: [QUESTION],
    })),
  )
}

/** Abstracts asked for by what they conclude, which they do not say in these words: the beginnings of their first conclusions. */
function abstracts(name: string, text: string): Shared {
  return collect(
    name,
    sampled(Object.values(PubMed.parse(JSON.parse(text))), 300).map(({ CONTEXTS, LONG_ANSWER }) => ({
      text: CONTEXTS.join('\n\n'),
      questions: [(LONG_ANSWER.split(/(?<=[.])\s/)[0] ?? '').split(/\s+/).slice(0, 10).join(' ')],
    })),
  )
}

/** Some of them, always the same ones: ordered by Park and Miller's random numbers. */
function sampled<T>(all: readonly T[], count: number): T[] {
  let state = 7
  const ordered = all.map((one) => ({ one, order: (state = (state * 48_271) % 2_147_483_647) }))
  return ordered
    .sort((one, other) => one.order - other.order)
    .slice(0, count)
    .map(({ one }) => one)
}

/** Tables of figures: one long report, graded by passage. */
function report(): Record<string, () => RetrievalSet> {
  const path = join(folder, '../documents/example-10k.html')
  if (!existsSync(path)) return {}
  const document = 'report.html'
  return {
    report: () => ({
      ...{ name: 'report', documents: [{ name: document, text: readFileSync(path, 'utf8') }], isWhole: false },
      questions: reportQuestions.map(([text, snippet]) => ({ text, kind: null, grades: [{ document, snippet, grade: 2 }] })),
    }),
  }
}

/** Some documents are there twice: each of them answers what one does. */
function collect(name: string, found: readonly { text: string; questions: string[] }[]): Shared {
  const documents = found.map(({ text }, at) => ({ name: `${name}-${at}.txt`, text }))
  const namesOf = Map.groupBy(documents, ({ text }) => text)
  const questions = found.flatMap(({ text, questions: asked }) =>
    asked
      .filter((question) => question.trim() !== '')
      .map((question) => ({
        ...{ text: question.trim(), kind: null },
        grades: (namesOf.get(text) ?? []).map((document) => ({ document: document.name, snippet: null, grade: 1 })),
      })),
  )
  return { documents, questions }
}
