/** Sources in the chat in their moments: cited, unsupported, declined, gone; attachments in every state; what was searched. */
import type { Document } from '../../../contract/document.ts'
import type { Message } from '../../../contract/conversation.ts'
import { AppError } from '../../../contract/errors.ts'
import { fakeDocument, fakeDocuments } from '../../fixtures/fake-documents.ts'
import type { FakeHost } from '../../fixtures/fake-host.ts'
import {
  fakeConversation,
  fakeFacts,
  fakeMessage,
  fakeRuntime,
  fakeShelf,
  fakeTurn,
  fakeWorkspace,
  inMemory,
  fakeNow,
} from '../../fixtures/fake-nouns.ts'
import { fakeCited, fakePdf, fakeReport, fakeSources } from '../../fixtures/fake-sources.ts'

const question =
  'Can our client leave at the end of the first three years, and how much notice does the lease with SCI Les Tilleuls require?'
const leases = { ...fakeWorkspace, name: 'Commercial leases', documents: 214, personal: false }

/** Marks in every place where they may stand and may not. */
export const hostileMarks = `A [1], [2; 3] and [99]. \`[1]\` and **b [2]** [1](javascript:alert(1)) <button class="cite">1</button> ![3](x)

- item [1]
  - deep [3]

| a | b |
| - | - |
| c [2] | \`x\`[1] |

\`\`\`
[1]
\`\`\`

[1]: javascript:alert(1)`

function open(host: FakeHost, messages: Message[], documents: Document[] = fakeDocuments): void {
  host.models.set({ models: fakeShelf, offers: [], imports: [] })
  host.settings.set({ ...host.settings.value, modelId: 'llama-3b' })
  host.runtime.set({ ...fakeRuntime, engine: 'ready', ...inMemory('llama-3b', 2_700_000_000) })
  host.workspaces.set([leases])
  host.documents.rows.set(documents)
  host.documents.files.set('lease', fakePdf())
  host.chat.report = fakeReport
  const scope = { documents: true, strict: true, documentIds: null }
  host.chat.put(fakeConversation({ messages, scope }), Date.now())
}

const cited = (host: FakeHost): void =>
  open(host, fakeTurn(question, { ...fakeCited, facts: { ...fakeFacts, modelName: 'Llama-Law 3B' } }))

/** After the question was asked, unless it says when. */
const attached = (change: Partial<Document>): Document =>
  fakeDocument({ conversationId: 'talk', addedAt: fakeNow + 1, ...change })

/** By name, as the address of the gallery has it: each has the conversation `talk`, or a new one. */
export const sourceScenarios: Record<string, (host: FakeHost) => void> = {
  'sources-cited': cited,
  'sources-text': cited,
  'sources-search': cited,
  'sources-sentence': cited,
  'sources-gone': (host) => {
    cited(host)
    host.documents.rows.set([])
  },
  'sources-unreadable': (host) => {
    cited(host)
    host.documents.files.set('lease', new TextEncoder().encode('%PDF-1.7 broken'))
  },
  'sources-marks': (host) => open(host, fakeTurn(question, { text: hostileMarks, sources: { ...fakeSources, checks: null } })),
  'sources-declined': (host) =>
    open(
      host,
      fakeTurn('What is the colour of the landlord’s car?', {
        text: '',
        sources: { ...fakeSources, strict: true, declined: true, checks: [] },
      }),
    ),
  'sources-attachments': (host) =>
    open(
      host,
      [fakeMessage({ text: question }), ...fakeTurn('', fakeCited).slice(1)],
      [
        ...fakeDocuments,
        attached({ id: 'a0', name: 'Congé du 3 mars.pdf', addedAt: fakeNow }),
        attached({ id: 'a1', name: 'Avenant n° 3.pdf' }),
        attached({
          id: 'a2',
          name: 'Rapport d’expertise, rue Daru, version longue et définitive.pdf',
          stage: 'reading',
          done: 31,
          total: 72,
        }),
        attached({ id: 'a3', name: 'Plan 1987.pdf', stage: 'no_text', picturePages: 9 }),
        attached({ id: 'a4', name: 'Nordhaus.pdf', stage: 'failed', trouble: { code: 'document_encrypted' } }),
        attached({ id: 'a5', name: 'Lettre.pages', stage: 'failed', trouble: { code: 'document_unknown_format' } }),
        attached({ id: 'a6', name: 'Quittances.pdf', stage: 'waiting' }),
      ],
    ),
}

/** A new conversation in a workspace with documents. */
export const sourceEmptyScenarios: Record<string, (host: FakeHost) => void> = {
  'sources-empty': (host) => open(host, []),
  'sources-scope': (host) => {
    open(host, [])
    host.failures.set('documents.add', new AppError('disk_full', 'No room'))
  },
}
