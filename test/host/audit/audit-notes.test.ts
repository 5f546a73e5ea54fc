// What no call stands for: answers about the network, policies and walls, as the audit log of a whole host has them.
import { afterEach, expect, test } from 'vitest'
import { AuditNotes } from '../../../electron/host/audit-notes.ts'
import type { AuditEntry } from '../../../electron/host/audit/audit-entry.ts'
import { Closer } from '../../../electron/host/base/closer.ts'
import { WorkerWalls } from '../../../electron/host/base/worker-walls.ts'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import type { ManagedReading } from '../../../electron/host/settings/managed-values.ts'
import { SettingsArea } from '../../../electron/host/settings/settings-area.ts'
import { join } from 'node:path'
import type { Walls } from '../../../contract/walls.ts'
import { policyReading } from '../../fixtures/policies.ts'
import { startTestHost, temporaryFolder, type TestHost } from '../../fixtures/test-host.ts'

let open: TestHost | null = null
afterEach(() => open?.close())

test('a person’s no and yes are noted with purpose and host, a link without its host; a policy by its hash', async () => {
  let reading: ManagedReading = { values: [], unread: [] }
  const host = await startTestHost({ policies: () => reading, policyWatch: { leastMs: 0 } })
  open = host
  const { client, consent } = host
  const of = (event: string) => host.host.audit.rows(50).filter((row) => row.event === event)
  await client.vault.create({ kind: 'keychain' })
  await client.settings.set({ catalogueAddress: 'https://catalogue.example/c' })
  await client.desktop.openLink({ url: 'https://divorce.example/' })
  consent.answer = 'no'
  await expect(client.models.checkCatalogue({})).rejects.toMatchObject({ code: 'network_not_allowed' })
  expect(of('door_allowed')).toMatchObject([{ subject: null, failure: null }])
  expect(of('door_refused')).toMatchObject([
    { failure: 'network_not_allowed', door: { purpose: 'catalogue', host: 'catalogue.example', port: 443 } },
  ])
  expect(JSON.stringify(host.host.audit.rows(50))).not.toContain('divorce')

  expect(of('policies_changed')).toEqual([])
  reading = policyReading({ Connections: 'off' })
  await client.vault.touch({})
  await expect.poll(() => of('policies_changed').map(({ subject }) => subject?.length)).toEqual([64])
})

test('walls are noted worker by worker, when they are other ones than before', async () => {
  const noted: (string | null)[] = []
  const notes = new AuditNotes({
    log: { note: ({ subject }: AuditEntry) => void noted.push(subject) },
    onBug: (error) => expect(error).toBeNull(),
  })
  const walls = new WorkerWalls({ means: 'none', trouble: null, card: null })
  const closer = new Closer()
  const settings = new SettingsArea({
    clearPath: join(temporaryFolder(), 'appearance.json'),
    source: () => ({ values: [], unread: [] }),
  })
  notes.follow({ settings, walls, closer })
  let find: (found: Walls) => void = () => undefined
  walls.of('reader', { onWalls: (listener: typeof find) => (find = listener) } as unknown as WorkerProcess)
  find({ network: 'kernel', files: 'kernel', processes: 'kernel' })
  await expect.poll(() => noted).toEqual(['reader:kernel:kernel:kernel'])
  find({ network: 'kernel', files: 'kernel', processes: 'kernel' })
  find({ network: 'runtime', files: 'kernel', processes: 'kernel' })
  await expect.poll(() => noted).toEqual(['reader:kernel:kernel:kernel', 'reader:runtime:kernel:kernel'])
  await closer.close()
})
