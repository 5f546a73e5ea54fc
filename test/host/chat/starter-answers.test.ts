// The starter model, really asked about a document, once in each language: it answers from it and sets a mark that the check finds right.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { supportSources } from '../../fixtures/support-pairs.ts'
import { importModel, lastOf, personal, startTestHost, until, untilSettled } from '../../fixtures/test-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const engine = join(import.meta.dirname, '../../../electron/engine/engine.ts')

test.skipIf(!existsSync(starter))(
  'NOT RUN where ALAMBIC_STARTER_MODEL names no file: the starter model answers from documents in English and French',
  { timeout: 300_000 },
  async () => {
    const room = await startTestHost({ launchEngine: () => forkTestEngine(engine) })
    try {
      const { client } = room
      await client.vault.create({ kind: 'keychain' })
      await client.settings.set({ threads: 1, contextTokens: 4096 })
      await importModel(room, starter)
      const workspaceId = await personal(client)
      for (const [text, source, wanted] of [
        ['How much is the monthly rent?', 'lease', /840 euros \[1\]/],
        ['Quel est le loyer annuel ?', 'bail', /24[ \u00a0\u202f]?000 (?:euros|€).*\[1\]/],
      ] as const) {
        const place = await client.chat.begin({ workspaceId })
        const within = { workspaceId, conversationId: place.conversationId }
        await client.documents.paste({ ...within, name: source, text: supportSources[source] })
        await until(
          client.documents.list({ ...within, filter: 'all', name: '', sort: 'newest', limit: 9 }),
          ({ rows }) => rows[0]?.stage === 'ready' || rows[0]?.stage === 'embedding',
        )
        await client.chat.send({ ...place, text, presetId: 'precise' })
        const answer = lastOf((await untilSettled(client, place)).conversation)
        expect(answer.text).toMatch(wanted)
        expect(answer.sources?.checks?.some(({ verdict }) => verdict === 'supported')).toBe(true)
      }
    } finally {
      await room.close()
    }
  },
)
