/** Sources in the chat, in English: marks, the page that they lead to, the check of each sentence, what was searched, attachments. */
import type { Format } from './format.ts'
import { verdictOfOne } from './verdict-of-one.ts'

/** Its sentences; numbers and plurals go through `format`. */
export function sourcesInEnglish(format: Format) {
  const verdicts = { supported: 'supported', partly: 'partly supported', not_found: 'not supported' }
  const found = { supported: 'Supported', partly: 'Partly supported', not_found: 'Not supported' }
  const inPart = (partly: number): string => (partly === 0 ? '' : `, ${format.number(partly)} in part`)
  return {
    /** Inside a sentence. */
    places: {
      page: (page: number) => `page ${format.number(page)}`,
      paragraph: (paragraph: number) => `paragraph ${format.number(paragraph)}`,
      sheet: (sheet: string, cells: string) => `sheet “${sheet}”, cells ${cells}`,
      slide: (slide: number) => `slide ${format.number(slide)}`,
      section: (section: number) => `section ${format.number(section)}`,
      titled: (title: string) => `section “${title}”`,
      pages: (first: number, last: number) => `pages ${format.number(first)} to ${format.number(last)}`,
      paragraphs: (first: number, last: number) => `paragraphs ${format.number(first)} to ${format.number(last)}`,
      slides: (first: number, last: number) => `slides ${format.number(first)} to ${format.number(last)}`,
    },
    /** At the beginning of a line. */
    heads: {
      page: (page: number) => `Page ${format.number(page)}`,
      pageOf: (page: number, pages: number) => `Page ${format.number(page)} of ${format.number(pages)}`,
      paragraph: (paragraph: number) => `Paragraph ${format.number(paragraph)}`,
      sheet: (sheet: string, cells: string) => `Sheet “${sheet}”, cells ${cells}`,
      slide: (slide: number) => `Slide ${format.number(slide)}`,
      section: (section: number) => `Section ${format.number(section)}`,
      titled: (title: string) => `Section “${title}”`,
      pages: (first: number, last: number) => `Pages ${format.number(first)} to ${format.number(last)}`,
      paragraphs: (first: number, last: number) => `Paragraphs ${format.number(first)} to ${format.number(last)}`,
      slides: (first: number, last: number) => `Slides ${format.number(first)} to ${format.number(last)}`,
    },
    mark: (number: number, name: string, place: string) => `Source ${format.number(number)}: ${name}, ${place}`,
    declined: 'Your documents don’t support an answer; “Documents only” is on.',
    declinedFound: 'What was found',
    /** Beneath an answer; the words of a single sentence are those that stand beside it. */
    supported: (supported: number, partly: number, total: number) =>
      total === 1
        ? `its sentence is ${verdicts[verdictOfOne(supported, partly)]}`
        : `${format.number(supported)} of ${format.number(total)} sentences supported${inPart(partly)}`,
    given: (count: number) => format.plural(count, { one: '1 source', other: `${format.number(count)} sources` }),
    verdicts,
    tab: 'Source',
    searchTab: 'Search',
    noSource: 'Choose a number in an answer to see its source here.',
    of: (number: number, total: number) => `Source ${format.number(number)} of ${format.number(total)}`,
    previousSource: 'Previous source',
    nextSource: 'Next source',
    copyPassage: 'Copy the passage with its reference',
    openDocument: 'Open the document in its workspace',
    reference: (passage: string, name: string, place: string) => `“${passage}”\n(${name}, ${place})`,
    references: 'Sources',
    referenceLine: (number: number, name: string, place: string) => `[${number}] ${name}, ${place}`,
    gone: 'This document is no longer in the workspace. Here is the text that was given to the model.',
    changed: 'This document has changed since. Here is the text that was given to the model.',
    unreadable: 'This page can’t be displayed. Here is its text.',
    notRead: (why: string) => `${why} Here is the text that was given to the model.`,
    pageLabel: (page: number, name: string) => `Page ${format.number(page)} of ${name}`,
    pageMarked: (page: number, name: string) => `Page ${format.number(page)} of ${name}, with the passage highlighted`,
    textLabel: (name: string) => `Text of ${name}`,
    drawing: 'Loading page…',
    previousPage: 'Previous page',
    nextPage: 'Next page',
    pageOf: (page: number, pages: number) => `${format.number(page)} / ${format.number(pages)}`,
    toPassage: 'Back to the passage',
    enlarge: 'Enlarge',
    reduce: 'Reduce',
    earlierText: 'Earlier text',
    laterText: 'Later text',
    table: 'Table',
    supportTitle: 'Each sentence and its source',
    supportShort: (supported: number, partly: number, total: number) =>
      total === 1
        ? found[verdictOfOne(supported, partly)]
        : `${format.number(supported)} of ${format.number(total)} supported${inPart(partly)}`,
    unchecked: 'Sentences are checked once the answer is complete.',
    nothingToCheck: 'No sentence of this answer could be checked.',
    found,
    why: {
      here: (place: string) => `by this source, ${place}`,
      source: (number: number, place: string) => `by source ${format.number(number)}, ${place}`,
      none: (count: number) =>
        format.plural(count, { one: 'by the source', other: `by any of the ${format.number(count)} sources` }),
    },
    search: {
      title: 'What was searched',
      none: 'When an answer comes from documents, you see here what was found, how, and what was given to the model.',
      query: (query: string) => `Searched for “${query}”`,
      terms: (terms: string) => `Words searched: ${terms}`,
      both: (embedder: string) => `By keywords, and by meaning with ${embedder}`,
      wordsOnly: 'Keyword search only',
      reranked: (reranker: string) => `Ranked with ${reranker}`,
      searched: (passages: number, tookMs: number) =>
        format.plural(passages, {
          one: `1 passage in ${format.number(tookMs)} ms`,
          other: `${format.number(passages)} passages in ${format.number(tookMs)} ms`,
        }),
      partly: (embedded: number, passages: number) =>
        `${format.number(embedded)} of ${format.number(passages)} passages were indexed by meaning at the time`,
      whole: 'The documents were short enough to be given whole.',
      leftOut: (count: number) =>
        format.plural(count, {
          one: '1 good passage was left out for lack of room.',
          other: `${format.number(count)} good passages were left out for lack of room.`,
        }),
      nothing: 'Nothing was found.',
      asking: 'Loading…',
      label: 'What was found',
      passage: 'Passage',
      words: 'Words',
      meaning: 'Meaning',
      reranker: 'Ranking',
      score: 'Score',
      fate: 'Outcome',
      rank: (rank: number) => format.ordinal(rank),
      score2: (score: number) => format.number(score, 2),
      absent: '–',
      open: (name: string, place: string) => `Show ${name}, ${place}`,
      fates: { sent: 'sent', joined: 'joined to the previous one', room: 'no room left', below: 'less relevant' },
    },
    scope: {
      label: (what: string) => `Documents used: ${what}`,
      menu: 'Which documents to use',
      documents: (count: number) => format.plural(count, { one: '1 document', other: `${format.number(count)} documents` }),
      none: 'No documents',
      all: 'All documents in the workspace',
      choose: 'Choose documents…',
      strict: 'Documents only',
      strictHint: 'Answers only from the documents, or says that it can’t',
      strictNothing: 'No documents to answer from',
      title: 'Choose the documents to use',
      lead: 'Questions in this conversation use only these. Attachments are always used.',
      search: 'Search by name',
      nothing: 'No document with this name.',
      more: (count: number) =>
        format.plural(count, {
          one: 'One more: type part of its name.',
          other: `${format.number(count)} more: type part of the name.`,
        }),
      chosen: (count: number) => format.plural(count, { one: '1 chosen', other: `${format.number(count)} chosen` }),
      use: 'Use these documents',
      askNone: 'Choose at least one.',
    },
    placeholder: (workspace: string) => `Ask ${workspace}`,
    attach: {
      add: 'Attach files',
      drop: 'Drop the files to attach them to this conversation',
      list: 'Attachments',
      sent: 'Attached to this question',
      sending: (done: string, total: string) => `${done} of ${total} copied`,
      waiting: 'waiting to be read',
      reading: 'being read',
      readingOf: (done: number, total: number) => `reading ${format.number(done)} of ${format.number(total)}`,
      recognising: 'recognising text',
      recognisingOf: (done: number, total: number) => `recognising ${format.number(done)} of ${format.number(total)}`,
      ready: 'ready',
      noText: 'no text found',
      recognise: 'Recognise text',
      recogniseNamed: (name: string) => `Recognise text: ${name}`,
      again: 'Try again',
      againNamed: (name: string) => `Try again: ${name}`,
      password: 'Password',
      passwordOf: (name: string) => `Password of ${name}`,
      unlock: 'Read',
      remove: (name: string) => `Remove ${name}`,
      dismiss: (name: string) => `Dismiss: ${name}`,
      refused: (name: string, why: string) => `${name} was not attached. ${why}`,
      wait: 'You can send once the attachments have been read.',
    },
    empty: {
      lead: (count: number, workspace: string) =>
        format.plural(count, {
          one: `Answers come from the document in ${workspace} and say where each point was found.`,
          other: `Answers come from the ${format.number(count)} documents in ${workspace} and say where each point was found.`,
        }),
      summarise: (name: string) => `Summarise “${name}” in five sentences.`,
      dates: (name: string) => `Which dates and deadlines does “${name}” set?`,
      people: (name: string) => `Who is named in “${name}”, and in which role?`,
      compare: (name: string, other: string) => `Compare “${name}” with “${other}”: what differs?`,
      money: 'Which amounts are due, to whom and when?',
      one: 'About this document only',
      list: 'As a list, each with its source',
      two: 'About these two documents',
      all: (count: number) =>
        format.plural(count, { one: 'In the document', other: `Across all ${format.number(count)} documents` }),
    },
  }
}
