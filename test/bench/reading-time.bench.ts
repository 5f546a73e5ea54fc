// What fewer passages cost in right answers: the project's own graded questions whose answers are figures, asked in the ways that people may
// wish, each in a conversation of its own, at temperature 0. An answer is right when a figure of the graded snippet stands in it that the
// question does not have. Models: those named on the command line, else the starter. The speed is reckoned anew before each question, with one
// thread, so that a busy machine changes nothing in what is read.
import { join } from 'node:path'
import { gradedSet } from '../fixtures/graded-sets.ts'
import { importModel, temporaryFolder, untilSettled, lastOf } from '../fixtures/test-host.ts'
import { writeFileSync } from 'node:fs'
import { startDocumentsHost } from './documents-host.ts'

const paths = process.argv.slice(2).filter((word) => word.endsWith('.gguf'))
const models = paths.length > 0 ? paths : [process.env['ALAMBIC_STARTER_MODEL'] ?? '']
const wishes = (process.env['ALAMBIC_WISHES']?.split(',') ?? ['quick', 'thorough', 'everything']) as (
  'quick' | 'thorough' | 'everything'
)[]

const languages = (process.env['ALAMBIC_LANGUAGES']?.split(',') ?? ['en', 'fr']) as ('en' | 'fr')[]

/** Figures as they are compared: without what groups their digits. */
function figuresIn(text: string): Set<string> {
  const found = text.match(/\d+(?:[.,\u00a0\u202f ]\d+)*/gu) ?? []
  return new Set(found.map((figure) => figure.replace(/[\s\u00a0\u202f]|[.,](?=\d{3}(?!\d))/gu, '').replace(',', '.')))
}

const started = performance.now()
const room = await startDocumentsHost()
const { client } = room
await client.settings.set({ threads: 1, contextTokens: 8192, warmUp: 'never' })
const asked: { workspaceId: string; question: string; figures: Set<string> }[] = []
for (const language of languages) {
  const { documents, questions } = gradedSet(language)
  const workspaceId = await room.newWorkspace(language)
  const folder = temporaryFolder()
  const files = documents.map(({ name, text }) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  })
  await room.add(workspaceId, files)
  await room.untilReady(workspaceId)
  for (const { question, grades } of questions) {
    const inQuestion = figuresIn(question)
    const figures = new Set(
      grades
        .flatMap(({ grade, snippet }) => (grade === 2 ? [...figuresIn(snippet)] : []))
        .filter((figure) => !inQuestion.has(figure)),
    )
    if (figures.size > 0) asked.push({ workspaceId, question, figures })
  }
}
for (const path of models) {
  const modelId = await importModel(room, path)
  for (const wish of wishes) {
    await client.settings.set({ readingTime: wish })
    let [right, passages, tokens] = [0, 0, 0]
    for (const { workspaceId, question, figures } of asked) {
      await client.runtime.measureAgain({ modelId })
      const place = await client.chat.send({ workspaceId, conversationId: null, text: question, presetId: 'precise', modelId })
      const { text, sources, facts } = lastOf((await untilSettled(client, place)).conversation)
      if ([...figuresIn(text)].some((figure) => figures.has(figure))) right++
      passages += sources?.given.length ?? 0
      tokens += facts?.evaluatedTokens ?? 0
    }
    const mean = (sum: number): string => (sum / asked.length).toFixed(0)
    console.log(
      `${path.split('/').at(-1)}, ${wish}: ${right} of ${asked.length} right, ${mean(passages)} pieces and ${mean(tokens)} tokens read; ${Math.round((performance.now() - started) / 1000)} s so far`,
    )
  }
}
await room.close()
