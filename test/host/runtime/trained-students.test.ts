// Students that were really trained, asked through the whole host what they never saw: they must know their trade as they did when they
// were measured. The bugs it would catch: an adapter that is loaded and does nothing, one that answers for another after a switch, a
// prompt that is not the one it was trained on.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { importModel, lastOf, personal, startTestHost, untilSettled, type TestHost } from '../../fixtures/test-host.ts'
import { byLength } from '../../fixtures/test-length.ts'
import { adapterOf, heldOutOf, missingStudents, tinyModel, type HeldOut } from '../../fixtures/trained-students.ts'

const trades = ['medicine', 'privacy', 'lease'] as const
/** Questions asked of each. */
const rounds = byLength({ short: 2, full: 4 })
/** Of those, how many may come out otherwise than recorded: processors round differently. */
const otherwise = 1
/** For 27 answers of a small model on a busy machine; half a minute on a free one. */
const timeoutMs = 600_000

if (missingStudents === null) describe('students that were really trained', testStudents)
else test.skip(`NOT RUN: really trained students were not asked, because ${missingStudents}`, testStudents)

function testStudents(): void {
  let room: TestHost
  let baseId: string
  let workspaceId: string
  let conversationId: string | null = null
  const studentIds = new Map<string, string>()

  beforeAll(async () => {
    const entry = join(import.meta.dirname, '../../../electron/engine/engine.ts')
    room = await startTestHost({ launchEngine: () => forkTestEngine(entry) })
    await room.client.vault.create({ kind: 'keychain' })
    await room.client.settings.set({ threads: 1, contextTokens: 2048 })
    baseId = await importModel(room, tinyModel)
    workspaceId = await personal(room.client)
    for (const trade of trades) {
      studentIds.set(trade, await importModel(room, adapterOf(trade)))
      await room.client.chat.savePreset({
        ...{ id: trade, name: trade, systemPrompt: heldOutOf(trade)[0]?.instructions ?? '' },
        sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 60 },
      })
    }
  })
  afterAll(() => room.close())

  /** Always the first question of the same conversation, since each was recorded with nothing before it. */
  async function ask(modelId: string, trade: string, { question }: HeldOut): Promise<string> {
    const { client } = room
    if (conversationId !== null) await client.chat.configure({ workspaceId, conversationId, presetId: trade, modelId })
    const place = await client.chat.send({
      ...{ workspaceId, conversationId, text: question, parentId: null },
      ...(conversationId === null ? { presetId: trade, modelId } : {}),
    })
    conversationId = place.conversationId
    const answer = lastOf((await untilSettled(client, place)).conversation)
    expect(answer.facts).toMatchObject({ modelId, presetId: trade })
    return answer.text.trim()
  }
  /** Questions that the student got right when it was measured, and the base did not. */
  const questionsOf = (trade: string): HeldOut[] =>
    heldOutOf(trade)
      .filter(({ right, base, student }) => student.trim() === right && base.trim() !== right)
      .slice(0, rounds)
  const sameOf = (answers: readonly string[] | undefined, wanted: readonly string[]): number =>
    answers?.filter((answer, index) => answer === wanted[index]).length ?? 0
  const said = (trade: (typeof trades)[number], answers: Map<string, string[]>): string =>
    `${trade}: ${answers.get(trade)?.join(' | ') ?? ''}`

  test('answer rightly where their base does not, in turns; a switch back changes nothing', { timeout: timeoutMs }, async () => {
    const questions = new Map(trades.map((trade) => [trade, questionsOf(trade)]))
    const ofStudent = new Map(trades.map((trade) => [trade, [] as string[]]))
    const ofBase = new Map(trades.map((trade) => [trade, [] as string[]]))
    for (let round = 0; round < rounds; round++) {
      for (const trade of trades) {
        const asked = questions.get(trade)?.[round]
        if (!asked) throw new Error(`${trade} has too few questions`)
        ofStudent.get(trade)?.push(await ask(studentIds.get(trade) ?? '', trade, asked))
        ofBase.get(trade)?.push(await ask(baseId, trade, asked))
      }
    }
    for (const trade of trades) {
      const right = questions.get(trade)?.map((one) => one.right) ?? []
      expect(sameOf(ofStudent.get(trade), right), said(trade, ofStudent)).toBeGreaterThanOrEqual(rounds - otherwise)
      expect(sameOf(ofBase.get(trade), right), said(trade, ofBase)).toBeLessThanOrEqual(otherwise)
    }
    for (const trade of trades) {
      const [first] = questions.get(trade) ?? []
      if (first) expect(await ask(studentIds.get(trade) ?? '', trade, first)).toBe(ofStudent.get(trade)?.[0])
    }
  })
}
