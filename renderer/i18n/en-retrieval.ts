/** A workspace's questions, how well it finds its passages, and the free search, in English. */
import type { Format } from './format.ts'

/** Its sentences; numbers and plurals go through `format`. */
export function retrievalInEnglish(format: Format) {
  return {
    questions: {
      title: 'The test of this workspace',
      lead: 'Questions whose answer you know, and where it stands. After every change they tell whether documents are found as well as before.',
      few: (count: number) =>
        format.plural(count, {
          one: '1 question. With 10 and more the figures begin to mean something; 50 is the most.',
          other: `${format.number(count)} questions. With 10 and more the figures begin to mean something; 50 is the most.`,
        }),
      enough: (count: number) => `${format.number(count)} questions of 50 at most.`,
      emptyTitle: 'No questions yet',
      add: 'Add a question',
      edit: (question: string) => `Change “${question}”`,
      remove: (question: string) => `Delete “${question}”`,
      question: 'Question',
      document: 'Expected document',
      documentHint: 'Type part of its name, then choose.',
      noDocument: 'No document',
      forgetDocument: 'Expect no particular document',
      gone: 'A document that is gone',
      words: 'Expected words',
      wordsHint: 'Separated by semicolons; each must stand in the passage. Capitals and accents do not count.',
      needs: 'Name the document, or words of the passage, or both.',
      missing: 'Type the question.',
      save: 'Save',
      expects: (document: string) => `In ${document}`,
      expectsGone: 'In a document that is gone',
      expectsWords: (words: string) => `Words: ${words}`,
      run: 'Run',
      runAnswers: 'Run with answers',
      runAnswersNote: 'With answers, the student of this workspace writes each one as well: that takes a while.',
      running: (done: number, total: number) => `${format.number(done)} of ${format.number(total)} questions`,
      runningAnswers: (done: number, total: number) => `${format.number(done)} of ${format.number(total)} questions answered`,
      stop: 'Stop',
      foundAt: (rank: number) => `Found, place ${format.number(rank)}`,
      foundNotSent: (rank: number) => `Place ${format.number(rank)}, not sent`,
      given: 'Given to the model',
      notFound: 'Not among the first 50',
      notRun: 'Not run yet',
      answer: (part: number) => `Expected words ${format.percent(part)}`,
      support: (part: number) => `Supported ${format.percent(part)}`,
      cited: 'Cites the right source',
      notCited: 'Does not cite the right source',
      waits: 'Waits until an answer is written',
      table: 'Questions',
    },
    quality: {
      title: 'Retrieval quality',
      run: 'Run again',
      figure: (found: number, of: number) => `${format.number(found)} of ${format.number(of)}`,
      what: 'questions found the right passage',
      scores: {
        rank: 'Average place',
        answer: 'Expected words',
        cited: 'Right source cited',
        support: 'Supported sentences',
        of: (count: number, all: number) => `${format.number(count)} of ${format.number(all)}`,
      },
      today: 'today',
      reasons: {
        asked: '',
        model: 'new student',
        embedder: 'new embedder',
        reranker: 'new reranker',
        splitting: 'new splitting',
      },
      chart: (count: number, first: string, last: string) =>
        format.plural(count, {
          one: `Questions that found the right passage: ${last}.`,
          other: `Questions that found the right passage over ${format.number(count)} runs: from ${first} to ${last}.`,
        }),
      misses: (count: number) =>
        format.plural(count, {
          one: 'The one it misses',
          other: count === 2 ? 'The two it misses' : `The ${format.number(count)} it misses`,
        }),
      missesNone: 'It misses none.',
      withoutText: 'The passage is in a file without text.',
      unread: 'The document is not read yet.',
      notSent: (rank: number) => `Found at place ${format.number(rank)}; only the best are sent.`,
      notFound: 'Not among the first 50 passages.',
      gone: 'The document that it expects is gone.',
      openSearch: 'Open in Search',
      openSearchFor: (question: string) => `Open in Search: “${question}”`,
      moreMisses: (count: number) => format.plural(count, { one: 'One more', other: `${format.number(count)} more` }),
      worse: 'What got worse',
      worsened: {
        rank: (before: number, now: number | null) =>
          now === null
            ? `Was at place ${format.number(before)}, is not among the first 50.`
            : `Was at place ${format.number(before)}, is at ${format.number(now)}.`,
        sent: 'Its passage is no longer sent.',
        answer: (before: number, now: number) =>
          `Expected words in the answer: ${format.percent(before)} before, now ${format.percent(now)}.`,
        cited: 'The answer no longer cites the right source.',
        support: (before: number, now: number) =>
          `Supported sentences: ${format.percent(before)} before, now ${format.percent(now)}.`,
      },
      none: 'Not measured yet',
      noneWhat:
        'Write questions whose answer you know. They show how well this workspace finds its passages, after every change.',
      toQuestions: 'Write questions',
      notRun: 'The questions were not run yet.',
    },
    search: {
      lead: 'Looks for passages as an answer would, and shows what each way of searching made of them.',
      query: 'What to look for',
      placeholder: 'Notice period at the end of the first three years',
      do: 'Search',
      searching: 'Searching…',
      filters: 'Where to look',
      anyFolder: 'All documents',
      folder: 'Folder',
      document: 'Document',
      anyDocument: 'Any document',
      from: 'Changed from',
      to: 'Changed until',
      facts: (found: number, passages: number, ms: number) =>
        format.plural(found, {
          one: `1 passage of ${format.number(passages)}, in ${format.number(ms)} ms.`,
          other: `${format.number(found)} passages of ${format.number(passages)}, in ${format.number(ms)} ms.`,
        }),
      terms: (terms: string) => `Looked for, by their stems: ${terms}.`,
      nothing: 'Nothing in your documents matches this.',
      nothingWhat: 'Try other words, or look in all documents.',
      noDocuments: 'There are no documents here yet.',
      embedding: (embedded: number, passages: number) =>
        `Meaning is known of ${format.number(embedded)} of ${format.number(passages)} passages so far; the others are found by their words.`,
      changing: (old: string, next: string) => `${next} is taking the place of ${old}, whose index serves until then.`,
      by: (embedder: string) => `Meaning by ${embedder}.`,
      byBoth: (embedder: string, reranker: string) => `Meaning by ${embedder}, order by ${reranker}.`,
      table: 'Passages that were found',
      passage: 'Passage',
      words: 'Words',
      meaning: 'Meaning',
      reranker: 'Reranker',
      score: 'Together',
      fate: 'Sent',
      rank: (rank: number) => `${format.number(rank)}.`,
      missed: '–',
      open: (name: string, place: string) => `Read ${name}, ${place}`,
    },
  }
}
