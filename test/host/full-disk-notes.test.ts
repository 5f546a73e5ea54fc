/** What is only good to have – when something was used, how fast it was, how a connection ended – fails nothing where the disk is full. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '../../contract/errors.ts'
import { References } from '../../electron/host/desktop.ts'
import { ModelRecords } from '../../electron/host/models/library/model-records.ts'
import { NetworkLedger } from '../../electron/host/network-ledger.ts'
import { Measurements } from '../../electron/host/runtime/measurements.ts'
import type { Vault } from '../../electron/host/vault/vault.ts'
import { Workspaces } from '../../electron/host/workspaces/workspaces.ts'
import { failure, VaultRoom } from '../fixtures/vault/vault-room.ts'

let room: VaultRoom
let vault: Vault
let workspaces: Workspaces
let refused: string[]
beforeEach(async () => {
  room = new VaultRoom()
  vault = await room.opened()
  workspaces = new Workspaces({ vault, references: new References(), now: () => 7 })
  refused = []
})
afterEach(async () => {
  vi.restoreAllMocks()
  await vault.close()
  room.remove()
})

/** From now on nothing is written to the list. */
function fill(code: 'disk_full' | 'locked' = 'disk_full'): void {
  const { main } = vault
  const prepare = main.prepare.bind(main)
  vi.spyOn(main, 'prepare').mockImplementation((sql: string) => {
    if (sql.trimStart().startsWith('SELECT')) return prepare(sql)
    return {
      ...prepare(sql),
      run: () => {
        refused.push(sql)
        throw new AppError(code, 'Nothing is written')
      },
    }
  })
}

const measurements = () => new Measurements({ database: vault.main, machine: 'm', now: () => 7 })
const notes: [string, () => unknown][] = [
  [
    'when a workspace was used (bug: the question was kept, and its answer stayed as being written)',
    () => workspaces.used(workspaces.all[0]?.id ?? ''),
  ],
  ['when a model was used', () => new ModelRecords({ database: vault.main, now: () => 7 }).used('m')],
  ['how long a model took to load', () => measurements().loaded('m', 100, 100, 5)],
  [
    'how fast an answer was',
    () => measurements().answered('m', { evaluatedTokens: 5_000, firstTokenMs: 9, answerTokens: 900, tokensPerSecond: 9 }),
  ],
  [
    'that a kill ended connections (bug: it kept the vault shut)',
    () => new NetworkLedger({ database: vault.main, now: () => 7 }),
  ],
  ['how a connection ended', () => new NetworkLedger({ database: vault.main, now: () => 7 }).settle(1, 'passed', 1)],
]

describe.each(notes)('%s', (_what, note) => {
  test('is left out where the disk is full', () => {
    fill()
    expect(note).not.toThrow()
    expect(refused).not.toEqual([])
  })
})

test('any other failure of theirs is one', async () => {
  fill('locked')
  expect((await failure(() => workspaces.used('w'))).code).toBe('locked')
})
