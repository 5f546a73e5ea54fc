/** An older main.db or an older key record in the place of the present one is noticed, without a clock, said once, and refused never. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
beforeEach(() => {
  room = new VaultRoom()
})
afterEach(() => room.remove())

const put = (file: string, bytes: Buffer): void => writeFileSync(join(room.folder, file), bytes)

async function session(work: (vault: Vault) => unknown = () => undefined): Promise<void> {
  const vault = await room.vault()
  await vault.unlock(passphrase)
  await work(vault)
  await vault.close()
}

const events = (vault: Vault): unknown[] => vault.main.prepare('SELECT what, found, expected FROM vault_events').all()

describe.each(['passphrase', 'keychain'] as const)('with a %s', (kind) => {
  beforeEach(async () => {
    const vault = await room.vault()
    await vault.create(kind === 'passphrase' ? { kind, passphrase } : { kind })
    await vault.close()
  })

  it('says nothing when nothing was put back: opened, locked, killed at any time', async () => {
    for (let turn = 0; turn < 3; turn++) await session((vault) => expect(vault.upkeep.state.value.putBack).toBeNull())
    const killed = await room.vault()
    await killed.unlock(passphrase)
    await session((vault) => expect(vault.upkeep.state.value.putBack).toBeNull())
  })

  it('notices an older main.db, of before the last session or out of the middle of it, whatever the clock says', async () => {
    const before = room.bytes('main.db')
    const at = room.now
    let middle: Buffer = Buffer.alloc(0)
    await session((vault) => {
      vault.main.exec(`INSERT INTO settings VALUES ('test', 'lost')`)
      vault.main.checkpoint()
      middle = room.bytes('main.db')
    })
    for (const older of [middle, before]) {
      const present = room.bytes('main.db')
      room.now -= 365 * 24 * 60 * 60_000
      put('main.db', older)
      const vault = await room.vault()
      await vault.unlock(passphrase)
      expect(vault.upkeep.state.value.putBack).toEqual({ what: 'main_older', mainAt: at })
      // Not confirmed, it is said again.
      await vault.lock()
      await vault.unlock(passphrase)
      expect(vault.upkeep.state.value.putBack).toMatchObject({ what: 'main_older' })
      await vault.close()
      put('main.db', present)
    }
  })

  it('is confirmed once: a row remains, and nothing is said any more', async () => {
    const older = room.bytes('main.db')
    await session()
    put('main.db', older)
    await session(async (vault) => {
      await vault.upkeep.confirmPutBack()
      expect(vault.upkeep.state.value.putBack).toBeNull()
      expect(events(vault)).toMatchObject([{ what: 'main_older' }])
      expect((await failure(() => vault.upkeep.confirmPutBack())).code).toBe('not_found')
    })
    await session((vault) => {
      expect(vault.upkeep.state.value.putBack).toBeNull()
      expect(events(vault)).toHaveLength(1)
    })
  })

  it('goes on counting when the key is kept another way', async () => {
    await session(async (vault) => {
      const next = kind === 'passphrase' ? ({ kind: 'keychain' } as const) : ({ kind: 'passphrase', passphrase } as const)
      await vault.protect(kind === 'passphrase' ? { current: passphrase, next } : { next })
    })
    await session((vault) => expect(vault.upkeep.state.value.putBack).toBeNull())
    const older = room.bytes('main.db')
    await session()
    put('main.db', older)
    await session((vault) => expect(vault.upkeep.state.value.putBack).toMatchObject({ what: 'main_older' }))
  })
})

it('notices an older key record', async () => {
  await (await room.opened()).close()
  const older = room.bytes('vault.json')
  await session()
  put('vault.json', older)
  await session(async (vault) => {
    expect(vault.upkeep.state.value.putBack).toMatchObject({ what: 'record_older' })
    await vault.upkeep.confirmPutBack()
  })
  await session((vault) => expect(vault.upkeep.state.value.putBack).toBeNull())
})

it('takes a keychain that does not answer for no finding, and opens', async () => {
  await (await room.opened()).close()
  const vault = await room.vault()
  await vault.unlock(passphrase)
  await vault.protect({ current: passphrase, next: { kind: 'keychain' } })
  await vault.lock()
  await vault.unlock()
  room.keychain.failing = 'timeout'
  await vault.lock()
  room.keychain.failing = null
  await vault.unlock()
  expect(vault.upkeep.state.value.putBack).toBeNull()
  await vault.close()
})

it('opens a vault of before anything was counted without a word', async () => {
  await (await room.opened()).close()
  const {
    sequence: _gone,
    tries: _too,
    nextKeys: _and,
    lastChange: _this,
    ...record
  } = JSON.parse(room.bytes('vault.json').toString()) as Record<string, unknown>
  put('vault.json', Buffer.from(JSON.stringify({ ...record, version: 1 })))
  const vault = await room.vault()
  await vault.unlock(passphrase)
  vault.main.exec('DELETE FROM vault_sequence')
  await vault.close()
  await session()
  await session((again) => expect(again.upkeep.state.value.putBack).toBeNull())
})
