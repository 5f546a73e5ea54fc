/** What time does to a vault: pauses after wrong passphrases, and locking when nobody is there. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
beforeEach(() => {
  room = new VaultRoom()
})
afterEach(() => room.remove())

const minute = 60_000
const wrong = (vault: Vault): ReturnType<typeof failure> => failure(() => vault.unlock('faux faux faux'))

describe('wrong passphrases', () => {
  async function locked(): Promise<Vault> {
    const vault = await room.opened()
    await vault.lock()
    return vault
  }

  async function wrongFiveTimes(vault: Vault): Promise<void> {
    for (let turn = 0; turn < 5; turn++) expect((await wrong(vault)).code).toBe('wrong_passphrase')
  }

  it('are free five times, then cost 30 seconds, doubling to at most 15 minutes', async () => {
    const vault = await locked()
    for (let triesLeft = 4; triesLeft > 0; triesLeft--) {
      expect(await wrong(vault)).toEqual({ code: 'wrong_passphrase', data: { triesLeft, retryAt: null } })
      expect(vault.state.value).toMatchObject({ triesLeft, retryAt: null })
    }
    for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
      const retryAt = room.now + seconds * 1000
      expect(await wrong(vault)).toEqual({ code: 'wrong_passphrase', data: { triesLeft: 0, retryAt } })
      expect(vault.state.value).toMatchObject({ phase: 'locked', triesLeft: 0, retryAt })
      room.pass(seconds * 1000 - 1)
      expect(await failure(() => vault.unlock(passphrase))).toEqual({ code: 'too_many_tries', data: { retryAt } })
      room.pass(1)
      expect(vault.state.value).toMatchObject({ phase: 'locked', triesLeft: 1, retryAt: null })
    }
    await vault.unlock(passphrase)
    await vault.lock()
    expect(vault.state.value).toMatchObject({ triesLeft: 5, retryAt: null })
    expect(existsSync(join(room.folder, 'tries.json'))).toBe(false)
    await vault.close()
    expect(room.waitingAlarms).toBe(0)
  })

  it('are remembered over a restart, and a closed vault leaves no alarm behind', async () => {
    const vault = await locked()
    await wrongFiveTimes(vault)
    const retryAt = room.now + 30_000
    await vault.close()
    expect(room.waitingAlarms).toBe(0)
    const later = await room.vault()
    expect(later.state.value).toMatchObject({ phase: 'locked', triesLeft: 0, retryAt })
    expect((await failure(() => later.unlock(passphrase))).code).toBe('too_many_tries')
    room.pass(30_000)
    await later.unlock(passphrase)
    await later.close()
  })

  it('do not lock for years when the clock went back, and do not become free either', async () => {
    const vault = await locked()
    await wrongFiveTimes(vault)
    room.now -= 365 * 24 * 60 * minute
    expect(await failure(() => vault.unlock(passphrase))).toEqual({
      code: 'too_many_tries',
      data: { retryAt: room.now + 30_000 },
    })
    room.pass(29_999)
    expect((await failure(() => vault.unlock(passphrase))).code).toBe('too_many_tries')
    room.pass(1)
    await vault.unlock(passphrase)
    await vault.close()
  })

  it('close rather than open when their file is spoiled', async () => {
    await (await locked()).close()
    writeFileSync(join(room.folder, 'tries.json'), '{"wrong": -7}')
    const vault = await room.vault()
    expect(vault.state.value).toMatchObject({ triesLeft: 0, retryAt: room.now + 30_000 })
    room.pass(30_000)
    await vault.unlock(passphrase)
    await vault.close()
  })
})

describe('idle lock', () => {
  /** The lock runs behind the vault's other work; another call queued after it shows that it is done. */
  const settled = (vault: Vault): Promise<unknown> => vault.unlock().catch(() => undefined)

  it('locks when nobody has been here for the minutes that are set, and says so', async () => {
    const vault = await room.opened()
    vault.setIdleMinutes(5)
    room.pass(4 * minute)
    vault.touch()
    room.pass(5 * minute - 1)
    await settled(vault)
    expect(vault.state.value.phase).toBe('open')
    room.pass(1)
    await settled(vault)
    expect(vault.state.value).toMatchObject({ phase: 'locked', idleLocked: true })
    await vault.unlock(passphrase)
    await vault.lock()
    expect(vault.state.value).toMatchObject({ phase: 'locked', idleLocked: false })
    expect(room.waitingAlarms).toBe(0)
  })

  it('never locks at 0, and follows a change at once', async () => {
    const vault = await room.opened()
    vault.setIdleMinutes(0)
    room.pass(24 * 60 * minute)
    await settled(vault)
    expect(vault.state.value.phase).toBe('open')
    vault.setIdleMinutes(15)
    await settled(vault)
    expect(vault.state.value).toMatchObject({ phase: 'locked', idleLocked: true })
  })

  it('locks after the machine slept: a touch on waking comes too late', async () => {
    const vault = await room.opened()
    vault.setIdleMinutes(5)
    // Timers stand still in sleep: the clock jumps and nothing rings.
    room.now += 60 * minute
    vault.touch()
    await settled(vault)
    expect(vault.state.value).toMatchObject({ phase: 'locked', idleLocked: true })
  })

  it('lets work be finished first; who comes back meanwhile stays, for as long as ever (bug: a touch while busy was lost)', async () => {
    const vault = await room.opened()
    let busy = true
    vault.guard({ opened: () => Promise.resolve(), closing: () => Promise.resolve(), busy: () => busy })
    vault.setIdleMinutes(5)
    room.pass(7 * minute)
    await settled(vault)
    expect(vault.state.value.phase).toBe('open')
    vault.touch()
    busy = false
    room.pass(4 * minute)
    await settled(vault)
    expect(vault.state.value.phase).toBe('open')
    room.pass(2 * minute)
    await settled(vault)
    expect(vault.state.value).toMatchObject({ phase: 'locked', idleLocked: true })
  })

  it('locks as soon as the work is finished when nobody comes', async () => {
    const vault = await room.opened()
    let busy = true
    vault.guard({ opened: () => Promise.resolve(), closing: () => Promise.resolve(), busy: () => busy })
    vault.setIdleMinutes(5)
    room.pass(7 * minute)
    busy = false
    room.pass(1000)
    await settled(vault)
    expect(vault.state.value).toMatchObject({ phase: 'locked', idleLocked: true })
  })

  it('still locks when the clock went back', async () => {
    const vault = await room.opened()
    vault.setIdleMinutes(5)
    room.now -= 24 * 60 * minute
    room.pass(5.5 * minute)
    await settled(vault)
    expect(vault.state.value).toMatchObject({ phase: 'locked', idleLocked: true })
  })
})
