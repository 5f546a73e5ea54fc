// The log in its file and beside it: what is sealed while locked, what a kill leaves, what is pruned and when, and who spoils what lies outside.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../../electron/host/audit/checkpoint.ts'
import { AuditRoom, auditEntry } from '../../fixtures/audit-logs.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

const wrong = {
  event: 'vault_unlocked',
  caller: { kind: 'browser', id: 'b' },
  subject: null,
  failure: 'wrong_passphrase',
} as const
const dayMs = 86_400_000

let room: AuditRoom
beforeEach(() => {
  room = new AuditRoom(temporaryFolder())
})
const sealed = (): string => join(room.beside, 'locked.sealed')
const events = (count: number): string[] => room.log.rows(count).map(({ event }) => event)

describe('while the vault is locked', () => {
  test('wrong tries are there after the process has died, sealed, and once (bug: what waited in memory was gone)', async () => {
    room.log.detach()
    room.start()
    room.log.note(wrong)
    room.log.note(wrong)
    const box = readFileSync(sealed())
    expect(box.includes('wrong_passphrase')).toBe(false)
    room.unlocked()
    expect(room.log.rows(3)).toMatchObject([
      { failure: 'wrong_passphrase' },
      { failure: 'wrong_passphrase' },
      { event: 'vault_locked' },
    ])
    // As a kill between taking them in and removing the file leaves it.
    writeFileSync(sealed(), box)
    room.unlocked()
    expect(room.log.state.value.size).toBe(3)
    expect((await room.log.verify()).standing).toBe('verified')
    expect(room.bugs).toEqual([])
    room.database.close()
  })

  test('a hundred thousand tries fill neither disk nor memory, and their number is told', () => {
    room.log.detach()
    for (let count = 0; count < 100_000; count++) room.log.note(wrong)
    expect(statSync(sealed()).size).toBeLessThan(600 * 1024)
    room.log.attach(room.database)
    const rows = room.log.rows(5000)
    const told = rows.reduce((sum, { failure, count }) => sum + (count ?? (failure === 'wrong_passphrase' ? 1 : 0)), 0)
    expect(told).toBe(100_000)
    expect(rows.length).toBeLessThan(1000)
    room.database.close()
  })

  test('what is spoiled, cut off or sealed for another key is counted, and the rest is taken', () => {
    room.log.detach()
    room.log.note(wrong)
    writeFileSync(sealed(), `${readFileSync(sealed(), 'latin1')}spoiled\n${Buffer.alloc(200).toString('base64')}`)
    room.log.note(wrong)
    room.log.attach(room.database)
    expect(events(3)).toEqual(['audit_unreadable', 'vault_unlocked', 'vault_unlocked'])
    expect(room.log.rows(1)).toMatchObject([{ count: 2 }])
    room.log.detach()
    const stranger = createPublicKey(generateKeyPairSync('x25519').privateKey).export({ type: 'spki', format: 'der' })
    writeFileSync(join(room.beside, 'sealing-key'), stranger.subarray(-32).toString('base64'))
    room.log.note(wrong)
    room.log.attach(room.database)
    expect(events(2)).toEqual(['audit_unreadable', 'vault_locked'])
    room.database.close()
  })

  test('a link in the file’s place is not followed', () => {
    room.log.detach()
    const target = join(room.folder, 'target')
    writeFileSync(target, 'kept')
    symlinkSync(target, sealed())
    room.log.note(wrong)
    expect(readFileSync(target, 'utf8')).toBe('kept')
    room.log.attach(room.database)
    expect(room.log.rows(1)).toMatchObject([{ failure: 'wrong_passphrase' }])
    room.database.close()
  })

  test('what was sealed says so, and is not taken for more than it is', () => {
    room.log.detach()
    room.log.note(wrong)
    room.log.attach(room.database)
    const line = room.database.prepare<{ line: string }>('SELECT line FROM audit_entries ORDER BY leaf DESC LIMIT 1').get()
    expect(JSON.parse(line?.line ?? '')).toMatchObject({ metadata: { labels: ['sealed'] } })
    room.database.close()
  })
})

describe('outside of the vault', () => {
  const checkpoint = (): string => join(room.beside, 'checkpoint')

  test('the checkpoint follows the log; one that a kill kept behind is no finding', async () => {
    room.note(2)
    const behind = readFileSync(checkpoint())
    room.note(1)
    writeFileSync(checkpoint(), behind)
    room.unlocked()
    expect(room.log.state.value).toMatchObject({ size: 3, kept: 3, standing: 'unverified' })
    expect((await room.log.verify()).standing).toBe('verified')
    room.database.close()
  })

  test.each<[string, () => void]>([
    ['spoiled', () => writeFileSync(checkpoint(), 'spoiled')],
    [
      'of another log',
      () => writeFileSync(checkpoint(), readFileSync(join(new AuditRoom(temporaryFolder()).beside, 'checkpoint'))),
    ],
  ])('a checkpoint that is %s is told and set aside', (_name, spoil) => {
    room.note(1)
    spoil()
    room.unlocked()
    expect(events(1)).toEqual(['audit_replaced'])
    expect(readdirSync(room.beside).filter((name) => name.startsWith('checkpoint'))).toHaveLength(2)
    room.unlocked()
    expect(room.log.state.value.size).toBe(2)
    room.database.close()
  })

  test('a folder that cannot be written keeps nothing from being noted', () => {
    rmSync(room.beside, { recursive: true })
    writeFileSync(room.beside, '')
    room.note(2)
    expect(room.log.state.value.size).toBe(2)
    expect(room.bugs.length).toBeGreaterThan(0)
    room.database.close()
  })
})

describe('in its file', () => {
  test('an entry that was changed, taken out or put in with the key is found', async () => {
    room.note(300)
    for (const change of [
      `UPDATE audit_entries SET line = replace(line, 's7"', 's8"') WHERE leaf = 7`,
      'DELETE FROM audit_entries WHERE leaf = 100',
      'UPDATE audit_tiles SET hashes = zeroblob(8192) WHERE level = 0 AND number = 0',
    ]) {
      room.database.exec('BEGIN')
      room.database.exec(change)
      expect((await room.log.verify()).standing, change).toBe('broken')
      room.database.exec('ROLLBACK')
    }
    expect((await room.log.verify()).standing).toBe('verified')
    room.database.close()
  })

  test('what a full disk kept out is written once there is room', () => {
    room.database.exec('CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, "full"); END')
    room.note(2)
    expect(room.bugs).toHaveLength(2)
    room.database.exec('DROP TRIGGER full')
    room.note(1)
    expect(room.log.rows(5).map(({ subject }) => subject)).toEqual(['s0', 's1', 's0'])
    room.database.close()
  })

  test('the rows of an older version are its first entries', () => {
    const older = new AuditRoom(temporaryFolder())
    older.database.exec(`DELETE FROM audit_keys; DELETE FROM audit_tiles; DELETE FROM audit_entries;
      INSERT INTO audit (number, at, event, caller_kind, caller_id, subject) VALUES (41, 5, 'vault_created', 'window', 'w', NULL),
        (42, 6, 'workspace_erased', 'window', 'w', 'id')`)
    rmSync(older.beside, { recursive: true })
    older.unlocked()
    expect(older.log.rows(5)).toMatchObject([
      { number: 2, at: 6, event: 'workspace_erased', subject: 'id' },
      { number: 1, at: 5, event: 'vault_created' },
    ])
    expect(older.database.prepare('SELECT * FROM audit').all()).toEqual([])
    older.database.close()
    room.database.close()
  })

  test('entries go by age and by number, their hashes stay, and a clock that jumps ahead takes none', async () => {
    const retention = { mostRows: 1000, mostDays: 10 }
    room.unlocked(retention)
    room.note(300)
    room.now += 8 * dayMs
    room.note(1)
    room.log.detach()
    room.now += 3650 * dayMs
    room.unlocked(retention)
    room.note(1)
    expect(room.log.state.value).toMatchObject({ size: 303, kept: 303 })
    room.now -= 3650 * dayMs - 3 * dayMs
    room.unlocked(retention)
    room.note(1)
    expect(room.log.state.value).toMatchObject({ size: 304, kept: 4 })
    expect((await room.log.verify()).standing).toBe('verified')
    const text = readFileSync(join(room.beside, 'checkpoint'), 'utf8')
    expect(text.split('\n')[3]).toBe('first 300')
    room.database.close()
  })

  test('words have no place in an entry', () => {
    room.log.note({ ...auditEntry, subject: 'Divorce of Mr Smith', caller: { kind: 'window', id: 'a name' } })
    expect(room.log.rows(1)).toMatchObject([{ subject: null, caller: { id: '' } }])
    room.log.note({
      ...{ event: 'door_refused', caller: auditEntry.caller, subject: null, failure: 'network_not_allowed' },
      door: { purpose: 'link', host: 'divorce.example', port: 443 },
    })
    expect(JSON.stringify(room.database.prepare('SELECT line FROM audit_entries').all())).not.toMatch(/divorce|name"?,"b/i)
    room.database.close()
  })

  test('a checkpoint with a witness’s signature is still ours', () => {
    const text = readFileSync(join(room.beside, 'checkpoint'), 'utf8')
    const { signing } = room.database.prepare<{ signing: Uint8Array }>('SELECT signing FROM audit_keys').get() ?? {}
    const key = createPrivateKey({ key: Buffer.from(signing ?? []), format: 'der', type: 'pkcs8' })
    expect(readCheckpoint(`${text}— witness.example/w ${Buffer.alloc(76).toString('base64')}\n`, key)).toMatchObject({
      signed: true,
    })
    expect(readCheckpoint(text.replace('\n0\n', '\n1\n'), key)).toMatchObject({ signed: false })
    room.database.close()
  })
})
