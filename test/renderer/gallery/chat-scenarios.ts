/** The chat screen in its moments: full, busy, failing, crowded. Each has one conversation open, `talk`. */
import type { AnswerStage, Message } from '../../../contract/conversation.ts'
import type { Trouble } from '../../../contract/entities.ts'
import type { FakeHost } from '../../fixtures/fake-host.ts'
import {
  fakeConversation,
  fakeFacts,
  fakeMessage,
  fakeRuntime,
  fakeShelf,
  fakeTurn,
  inMemory,
} from '../../fixtures/fake-nouns.ts'

const second = 1000
const day = 86_400 * second
const question =
  'Can our client leave at the end of the first three years, and how much notice does the lease with SCI Les Tilleuls require?'
const begun =
  'Yes. The tenant may end the lease at the close of each three-year period, the first on **31 March 2028**, with at least six months’ notice by registered letter.'
const thought =
  'The question has two parts: whether the tenant may leave, and how long the notice is.\n\nClause 4.2 answers both. The period began on 1 April 2025, so the first three years end on 31 March 2028.'

const rich = `${begun} Clause 4.2 keeps this right in full and adds *no penalty*; see [the code](https://www.legifrance.gouv.fr).

| Step | No later than | Clause | Who | Form | Remark |
| --- | --- | ---: | --- | --- | --- |
| Notice received by the landlord | 30 September 2027 | 4.2 | Tenant | Registered letter | Six full months before the end |
| Exit inventory, keys returned | 31 March 2028 | 11.1 | Both | In person | Together with the meter readings |

The indexed rent follows the index, with $R_0$ as the first rent:

$$R_n = R_0 \\times \\frac{I_n}{I_0}, \\qquad \\sum_{k=1}^{n} R_k \\le 12\\,R_0$$

To list what is due, with \`due_on\` as a date:

\`\`\`sql
SELECT counterparty, SUM(amount_eur) AS overdue_eur
FROM   receivables
WHERE  due_on < DATE('now', '-90 days') AND paid_on IS NULL -- a line that is longer than the column is wide
GROUP  BY counterparty;
\`\`\`

3. Read clause 4.2 again.
4. Write the letter:
   - by registered mail,
   - with acknowledgement of receipt.

> A notice that comes too late binds for three more years.`

const nested = `1. First

   \`\`\`sql
   SELECT 1
   FROM a
   \`\`\`

   and go on.
2. Then

   | Step | When |
   | --- | --- |
   | Notice | 30 September<br>at noon |

> Or
>
> \`\`\`
> ls -l
> \`\`\``

/** A few conversations beside the open one, at times that fall under every heading. */
function neighbours(host: FakeHost): void {
  const now = Date.now()
  const others: [string, number, boolean?][] = [
    ['Leases: house style for answers', 3 * day, true],
    ['Indexation: ILC ou ILAT ?', 40 * day, true],
    ['Pinel charges the tenant carries', 20 * second],
    ['Compare the deposit clauses', day],
    ['Cession du droit au bail, agrément du bailleur', day],
    ['Déspécialisation partielle', 4 * day],
    ['Guarantor letter, first draft', 12 * day],
    ['Force majeure wording', 400 * day],
  ]
  others.forEach(([title, ago, pinned], index) =>
    host.chat.put(fakeConversation({ id: `other-${index}`, title, pinned: pinned ?? false }), now - ago),
  )
}

/** Opens on these messages, with a model in memory. */
function open(host: FakeHost, messages: Message[], writing: Parameters<FakeHost['chat']['put']>[2] = null): void {
  host.models.set({ models: fakeShelf, offers: [], imports: [] })
  host.settings.set({ ...host.settings.value, modelId: 'llama-3b' })
  host.runtime.set({
    ...fakeRuntime,
    engine: 'ready',
    ...inMemory('llama-3b', 2_700_000_000),
  })
  neighbours(host)
  host.chat.put(fakeConversation({ messages }), Date.now(), writing)
}

const answered = (answer: Partial<Message>) => (host: FakeHost) => open(host, fakeTurn(question, answer))

/** An answer that waits or is written. @param sinceMs how long it has been at this stage. */
function busy(stage: AnswerStage, fraction: number, sinceMs: number, answer: Partial<Message> = {}): (host: FakeHost) => void {
  return (host) => {
    const turn = fakeTurn(question, { text: '', state: 'writing', facts: null, ...answer })
    open(host, turn, { messageId: 'answer', stage, fraction, since: Date.now() - sinceMs })
    if (stage === 'loading')
      host.runtime.set({ ...fakeRuntime, engine: 'ready', loading: { modelId: 'llama-3b', fraction }, loaded: null })
  }
}

function failed(trouble: Trouble, text = ''): (host: FakeHost) => void {
  return answered({ text, state: 'failed', trouble, facts: null })
}

/** Several turns, the second of them asked in two versions. */
function talk(host: FakeHost): void {
  const later = fakeTurn('Draft that notice in French, ready to sign.', {
    text: 'Madame, Monsieur,\n\nPar la présente, nous vous donnons congé.',
  })
  open(host, [
    ...fakeTurn(question, {
      text: begun,
      siblings: ['first', 'answer', 'third'],
      thought,
      facts: { ...fakeFacts, thoughtMs: 6100 },
    }),
    ...later.map((message) => ({
      ...message,
      id: `${message.id}-2`,
      parentId: message.role === 'user' ? 'answer' : 'question-2',
      siblings: message.role === 'user' ? ['before', 'question-2'] : ['answer-2'],
    })),
  ])
}

function crowd(host: FakeHost): void {
  open(host, fakeTurn(question, { text: begun }))
  const long = 'A very long title that nobody would ever have written by hand but that a pasted question makes at once'
  for (let at = 0; at < 200; at++)
    host.chat.put(
      fakeConversation({
        id: `crowd-${at}`,
        title: at % 3 === 0 ? `${at} ${'Unbreakable'.repeat(12)}` : `${at} ${long}`,
        pinned: at < 2,
      }),
      Date.now() - at * 0.4 * day,
      at === 3 ? { messageId: 'answer', stage: 'writing', fraction: 0, since: Date.now() } : null,
    )
  host.chat.put(
    fakeConversation({ title: `${long}, and then ${long.toLowerCase()}`, messages: fakeTurn(question, { text: begun }) }),
    Date.now(),
  )
}

/** Ten thousand conversations, most of them old. */
function many(host: FakeHost): void {
  open(host, fakeTurn(question, { text: begun }))
  for (let at = 0; at < 9_991; at++)
    host.chat.put(fakeConversation({ id: `many-${at}`, title: `Matter ${at}` }), Date.now() - at * 0.05 * day)
}

/** By name, as the address of the gallery has it. */
export const chatScenarios: Record<string, (host: FakeHost) => void> = {
  'chat-talk': talk,
  'chat-many': many,
  'chat-rich': answered({ text: rich }),
  'chat-nested': answered({ text: nested }),
  'chat-reasoned': answered({ text: begun, thought, facts: { ...fakeFacts, thoughtMs: 6100 } }),
  'chat-reasoning': busy('writing', 0, 4 * second, { thought }),
  'chat-queued': busy('queued', 0, 0),
  'chat-loading': busy('loading', 0.43, 14 * second),
  'chat-reading': busy('reading', 0.62, 3 * second),
  'chat-writing': busy('writing', 0, 8 * second, { text: `${begun}\n\nNotice goes by registered letter, or by a *commissaire` }),
  'chat-writing-code': busy('writing', 0, 8 * second, { text: `${begun}\n\n\`\`\`sql\nSELECT counterparty\nFROM   receiv` }),
  'chat-died': failed({ code: 'engine_died', data: {} }, begun),
  'chat-no-memory': failed({ code: 'out_of_memory', data: { neededBytes: 5_200_000_000, freeBytes: 1_100_000_000 } }),
  'chat-model-missing': failed({ code: 'model_missing', data: { name: 'Phi 3.5 mini Instruct' } }),
  'chat-edited': answered({ text: rich, state: 'edited', facts: null, siblings: ['first', 'answer'], editedFrom: 'first' }),
  'chat-interrupted': answered({ text: begun, state: 'interrupted', facts: null }),
  'chat-length': answered({ text: begun, state: 'length' }),
  'chat-crowded': crowd,
  'chat-long-question': (host) =>
    open(host, [
      fakeMessage({ text: `${`${question} `.repeat(40)}\n\n${'https://example.org/'.repeat(30)}` }),
      ...fakeTurn('', { text: begun }).slice(1),
    ]),
  'chat-full-context': (host) => {
    answered({ text: begun, facts: { ...fakeFacts, leftOut: 3 } })(host)
    host.chat.budget = {
      used: 7912,
      size: 8192,
      reserved: 1024,
      wouldLeaveOut: 2,
      exact: true,
      reads: { what: 'passages', count: 6, seconds: 8.4 },
    }
  },
}
