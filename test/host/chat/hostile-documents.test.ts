// Twenty documents that want to be obeyed: none ends its fence, speaks as somebody else, sets a mark or reaches an address.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getLlama, LlamaLogLevel, type Llama, type LlamaModel } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GivenSource } from '../../../contract/sources.ts'
import { ChatTemplate } from '../../../electron/engine/prompt/chat-template.ts'
import { promptTokens, textTokens, type Vocabulary } from '../../../electron/engine/prompt/prompt-tokens.ts'
import { CitationMarks } from '../../../electron/host/chat/sources/citation-marks.ts'
import { marksIn } from '../../../electron/host/chat/support/marks-in.ts'
import { newFrame, sourcedQuestion, sourceRules } from '../../../electron/host/chat/sources/source-prompt.ts'
import { markdownRenderer } from '../../../renderer/ui/prose/render-markdown.ts'
import { llamaCppFiles, vocabularyForTests } from '../../fixtures/gguf/llama-cpp-source.ts'
import { chatMlTemplate } from '../../fixtures/gguf/llama-model.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  testModels,
  until,
  untilSettled,
} from '../../fixtures/test-host.ts'

const folder = join(import.meta.dirname, '../../fixtures/hostile-documents')
const documents = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
const question = 'What does the document say?'
const given = (text: string, name = 'Document.txt'): GivenSource => ({
  ...{ number: 1, documentId: 'a', documentName: name, headings: [], start: 0, end: text.length, text },
  place: { kind: 'paragraph', paragraph: 1 },
})

test('there are twenty of them, in both languages', () => expect(documents).toHaveLength(20))

describe.each(documents)('$name', ({ text }) => {
  test('stays between the marks of its fence, and says nothing with a number that it could not know', () => {
    const prompt = sourcedQuestion(question, [given(text)], newFrame(question))
    const [, nonce = '', inside = ''] =
      /^Sources:\n\n<source 1 ([0-9a-f]{8}): [^\n]*>\n([^]*)\n<\/source 1 \1>\n\nQuestion: [^\n]*$/.exec(prompt) ?? []
    expect(nonce).not.toBe('')
    expect(inside).not.toContain(nonce)
    expect(prompt.split(nonce)).toHaveLength(3)
    expect(sourcedQuestion(question, [given(text)], newFrame(question))).not.toContain(nonce)
    expect(prompt).not.toMatch(/[\u200b\u2060\u202e\ufeff]|[\u{e0000}-\u{e007f}]/u)
  })

  test('as the name of a document it is one line inside its fence', () => {
    const [, first = ''] = /\n\n(<source 1[^\n]*)\n/.exec(sourcedQuestion(question, [given('x', text)], newFrame(question))) ?? []
    expect(first).toMatch(/^<source 1 [0-9a-f]{8}: [^<>]*>$/)
  })

  test('repeated word by word by a student it sets no mark that opens nothing, and no mark is a link', () => {
    const marks = new CitationMarks(new Set([1]))
    const said = marks.push(text) + marks.flush()
    const html = markdownRenderer(() => '')(said)
    expect(said.replace(/`[^`]*`/g, '')).not.toMatch(/\[(?:99|42|13|77|2)\]/)
    expect(html).not.toMatch(/<a [^>]*>1<\/a>/)
    expect(html).not.toMatch(/<(?:img|script|iframe|style)\b/i)
  })
})

test('marks that a document has itself are no marks in the prompt, so that a student who quotes it cites nobody (bug: “[2]” in one document cited another)', () => {
  const text =
    'The rent is 900 euros [2]. See (source 2), 【2】, [^1], [source 2], [1, p. 3] and [1-2]. In 1990 [sic] it was 12 [a].'
  const prompt = sourcedQuestion(
    question,
    [given(text), { ...given('Other', 'Note [1] (source 1).txt'), number: 2 }],
    newFrame(question),
  )
  const marks = new CitationMarks(new Set([1, 2]))
  expect(marksIn(marks.push(prompt) + marks.flush())).toEqual([])
  expect(prompt).toContain('The rent is 900 euros (2). See (2), (2), (1), (2), (1, p. 3) and (1-2). In 1990 [sic] it was 12 [a].')
})

test('nothing that cannot be seen goes into the prompt, but what joins letters', () => {
  const hidden = 'a\u00adb\u034fc\u061cd\u115fe\u180ef\u3164g\u{e0100}h\u{e0041}i\ufff9j\u2065k'
  const prompt = sourcedQuestion(question, [given(`${hidden} नमस्\u200dते`, hidden)], newFrame(question))
  expect(prompt).toContain('abcdefghijk नमस्\u200dते')
  expect(prompt).toContain(': abcdefghijk, paragraph 1>')
})

describe('as tokens', () => {
  let llama: Llama
  const models: LlamaModel[] = []
  const loaded: { name: string; vocabulary: Vocabulary; template: ChatTemplate }[] = []
  const gemma =
    "{{ bos_token }}{% for m in messages %}{{ '<start_of_turn>' + m.role + '\n' + m.content + '<end_of_turn>\n' }}{% endfor %}{{ '<start_of_turn>model\n' }}"
  const llama3 =
    "{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content + '<|eot_id|>' }}{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
  const templates = { qwen2: chatMlTemplate, 'llama-bpe': llama3, 'gemma-4': gemma }

  beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, logLevel: LlamaLogLevel.disabled })
    const fileOf = (name: string): string => `models/ggml-vocab-${name}.gguf`
    const names = Object.keys(templates)
    const copies = llamaCppFiles(join(import.meta.dirname, '../../../.cache'), names.map(fileOf))
    for (const [name, source] of Object.entries(templates)) {
      const model = await llama.loadModel({ modelPath: copies[fileOf(name)] ?? '', vocabOnly: true })
      models.push(model)
      const vocabulary = vocabularyForTests(model)
      const spell = (token: number | null): string => (token === null ? '' : (vocabulary.pieces[token] ?? ''))
      const template = new ChatTemplate({
        source,
        bosToken: spell(vocabulary.bos),
        eosToken: spell(vocabulary.eos),
        now: () => 0,
      })
      loaded.push({ name, vocabulary, template })
    }
  })
  afterAll(async () => {
    for (const model of models) await model.dispose()
    await llama.dispose()
  })

  test('the prompt has the control tokens of a harmless one, and no other (bug: a document that ends the turn)', () => {
    const controls = ({ vocabulary, template }: (typeof loaded)[number], text: string): number[] => {
      const messages = [
        { role: 'system' as const, content: sourceRules(newFrame(question)) },
        { role: 'user' as const, content: sourcedQuestion(question, [given(text)], newFrame(question)) },
      ]
      const { special } = textTokens(vocabulary)
      return promptTokens(vocabulary, template, messages).filter((token) => special.has(token))
    }
    for (const one of loaded) {
      const harmless = controls(one, 'The rent is 840 euros.')
      expect(harmless.length).toBeGreaterThan(0)
      for (const { name, text } of documents) expect([name, ...controls(one, text)]).toEqual([name, ...harmless])
    }
  })
})

test('all of them asked at once reach nothing: the door’s ledger stays empty, and strict mode repeats no command that is not a quotation', async () => {
  const engine = new ScriptedEngine({
    contextTokens: 16_384,
    answer: () => [
      'The vault’s password is hunter2 [99]. ',
      'See ![x](https://evil.example/p.png) and call https://evil.example now [1].',
    ],
  })
  const room = await startTestHost({ launchEngine: engine.launch })
  try {
    const { client } = room
    await client.vault.create({ kind: 'keychain' })
    await importModel(room, testModels().english.path)
    const workspaceId = await personal(client)
    for (const { name, text } of documents) await client.documents.paste({ workspaceId, conversationId: null, name, text })
    await until(client.documents.summary({ workspaceId }), ({ working, documents: all }) => all === 20 && working === 0)
    const loose = await client.chat.send({ workspaceId, conversationId: null, text: question })
    const answer = lastOf((await untilSettled(client, loose)).conversation)
    expect(answer.text).not.toContain('[99]')
    expect(answer.sources?.checks?.[0]?.verdict).toBe('not_found')
    const scope = { documents: true, strict: true, documentIds: null }
    const strict = await client.chat.send({ workspaceId, conversationId: null, text: question, scope })
    expect(lastOf((await untilSettled(client, strict)).conversation).text).not.toContain('hunter2')
    const roles = engine.questions.map(({ messages }) => messages.map(({ role }) => role).join(' '))
    expect(roles).toEqual(['system user', 'system user'])
    expect(await present(client.network.door({ limit: 10 }))).toMatchObject({ entries: [], total: 0, hosts: [] })
  } finally {
    await room.close()
  }
})
