/** Whoever opens files from elsewhere may die of it, or be taken over: that is nobody else's end, and it is not believed. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../../contract/link.ts'
import type { LaunchPorter } from '../../../electron/host/vault/gate/porter-line.ts'
import { readTrailer } from '../../../electron/host/vault/gate/workspace-file.ts'
import { porterContract, type PorterHandlers } from '../../../electron/porter/contract.ts'
import { unsealTrailer } from '../../../electron/porter/sealed-trailer.ts'
import { SealedLine } from '../../../electron/worker/sealed-line.ts'
import { launchPorter, temporaryFolder } from '../../fixtures/test-host.ts'
import { all, foreignKey, GateRoom, talk } from '../../fixtures/vault/gate-room.ts'
import { fakePorter } from '../../fixtures/vault/fake-porter.ts'
import { changePages } from '../../fixtures/vault/sealed-pages.ts'
import { byLength } from '../../fixtures/test-length.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

const exported = join(import.meta.dirname, '../../fixtures/old-exports/workspace-7.alambic')

let room: GateRoom
beforeEach(() => {
  room = new GateRoom()
})
afterEach(() => room.close())

describe('pages that are changed inside the envelope', () => {
  test('are nobody’s death but the porter’s, and nothing of them stays', async () => {
    const { trailer, databaseBytes } = readTrailer(exported)
    const key = Buffer.from((await unsealTrailer(trailer, 'quatre mots sans rapport')).key, 'base64')
    const original = readFileSync(exported).subarray(0, databaseBytes)
    const path = join(room.folder, 'changed.db')
    writeFileSync(
      path,
      changePages(original, key, () => undefined),
    )
    expect(all(await room.takeIn(path, { key }), 'SELECT count(*) AS n FROM conversations')).toEqual([{ n: 2 }])
    let seed = 20261130
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const outcomes = new Map<string, number>()
    const through = room.gate(launchPorter, { silenceMs: 5_000 })
    for (let round = 0; round < byLength({ short: 12, full: 30 }); round++) {
      const wanted = new Set(Array.from({ length: 1 + random(6) }, () => 1 + random(databaseBytes / 4096)))
      const changed = changePages(original, key, (content, page) => {
        if (!wanted.has(page)) return
        // Headers of pages and cells at their beginning matter most.
        for (let times = 1 + random(8); times > 0; times--) content[random(random(2) === 0 ? 100 : content.length)] = random(256)
      })
      writeFileSync(path, changed)
      const outcome = await room.takeIn(path, { key, through }).then(
        (here) => (here.isWhole() ? 'whole' : 'broken'),
        (error: unknown) => String((error as { code?: string }).code),
      )
      if (outcome !== 'whole') room.expectNothing()
      room.close()
      room.files.prepare('w')
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    const allowed = ['whole', 'workspace_file_malformed', 'workspace_file_newer', 'porter_died']
    expect([...outcomes.keys()].filter((outcome) => !allowed.includes(outcome))).toEqual([])
    expect(outcomes.get('workspace_file_malformed')).toBeGreaterThan(0)
  })
})

describe('the porter', () => {
  test('that dies while it reads ends in words', async () => {
    const path = room.made((database) => database.exec(talk))
    const dying: LaunchPorter = (place) => {
      const started = launchPorter(place)
      setTimeout(() => started.kill(), 50)
      return started
    }
    const { code, data: facts } = await failure(() => room.takeIn(path, { through: room.gate(dying) }))
    expect([code, facts]).toEqual(['porter_died', { reason: 'died' }])
    room.expectNothing()
  })

  test('that takes more memory than a file needs is ended', async () => {
    const path = room.made((database) => database.exec(talk))
    const { code, data: facts } = await failure(() =>
      room.takeIn(path, { through: room.gate(launchPorter, { residentBytes: 1024 }) }),
    )
    expect([code, facts]).toEqual(['porter_died', { reason: 'memory' }])
    room.expectNothing()
  })

  test('that says nothing more is ended, and a stop does not wait for it', async () => {
    const path = room.made((database) => database.exec(talk))
    const launch = fakePorter({ next: () => new Promise<never>(() => undefined) })
    const { code, data: facts } = await failure(() => room.takeIn(path, { through: room.gate(launch, { silenceMs: 300 }) }))
    expect([code, facts]).toEqual(['porter_died', { reason: 'hung' }])
    room.expectNothing()
    const stop = new AbortController()
    const waiting = room.takeIn(path, { through: room.gate(launch), signal: stop.signal })
    setTimeout(() => stop.abort(new Error('Stopped')), 100)
    await expect(waiting).rejects.toThrow('Stopped')
    room.expectNothing()
  })

  const lies: Record<string, Partial<PorterHandlers['porter']>> = {
    'rows without end': { next: () => ({ rows: Array.from({ length: 1000 }, () => ['x'.repeat(1000)]), done: false, lost: 0 }) },
    'batches of nothing without end': { next: () => ({ rows: [], done: false, lost: 0 }) },
    'a batch of a million rows': { next: () => ({ rows: Array.from({ length: 1_000_000 }, () => []), done: false, lost: 0 }) },
    'something that is no row': { next: () => ({ rows: [{ length: 12 }], done: false, lost: 0 }) as never },
    'a version that is none': { open: () => ({ version: 'seven' }) as never },
    'a failure of another area': {
      open: () => {
        throw Object.assign(new Error('x'), { code: 'locked' })
      },
    },
  }
  test.each(Object.entries(lies))('that was taken over and says %s is not believed', async (_name, handlers) => {
    const path = room.made((database) => database.exec(talk))
    const launch = fakePorter(handlers)
    expect(await room.refused(path, { through: room.gate(launch) })).toBe('workspace_file_malformed')
  })

  test('cannot be made to read another file than its own', async () => {
    const secret = join(temporaryFolder(), 'secret.db')
    const started = launchPorter(room.folder)
    const client = connect(started.port, porterContract)
    writeFileSync(secret, readFileSync(room.made((database) => database.exec(talk))))
    const { publicKey } = await client.porter.greet({})
    const line = new SealedLine()
    const sealed = { publicKey: line.publicKey, box: line.seal(foreignKey, publicKey, 'to-worker') }
    expect((await failure(() => client.porter.open({ path: secret, sealed }))).code).toBe('workspace_file_malformed')
    started.kill()
  })
})
