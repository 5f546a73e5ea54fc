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

  it('are remembered over a restart, with what was left of the pause, and a closed vault leaves no alarm behind', async () => {
    const vault = await locked()
    await wrongFiveTimes(vault)
    room.pass(10_000)
    await vault.close()
    expect(room.waitingAlarms).toBe(0)
    // Nobody counts while the program does not run: the rest of the pause is still before whoever comes back.
    room.now += 365 * 24 * 60 * minute
    const later = await room.vault()
    expect(later.state.value).toMatchObject({ phase: 'locked', triesLeft: 0, retryAt: room.now + 20_000 })
    expect((await failure(() => later.unlock(passphrase))).code).toBe('too_many_tries')
    room.pass(20_000)
    await later.unlock(passphrase)
    await later.close()
  })

  it('begin their pause again after a kill', async () => {
    await wrongFiveTimes(await locked())
    room.pass(29_000)
    const later = await room.vault()
    expect(later.state.value).toMatchObject({ triesLeft: 0, retryAt: room.now + 30_000 })
    await later.close()
  })

  it.each([
    ['a year forward', 1],
    ['a year back', -1],
  ])('do not become shorter when the clock is set %s (bug: a clock set forward ended a pause)', async (_name, years) => {
    const vault = await locked()
    await wrongFiveTimes(vault)
    room.now += years * 365 * 24 * 60 * minute
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

  it('are in no file that can be deleted by itself (bug: deleting tries.json ended the pauses)', async () => {
    const vault = await locked()
    await wrongFiveTimes(vault)
    await vault.close()
    expect(room.files()).toEqual(['main.db', 'vault.json'])
    const later = await room.vault()
    expect(later.state.value).toMatchObject({ triesLeft: 0 })
    await later.close()
  })

  it('close rather than open when somebody spoiled them in the record', async () => {
    await (await locked()).close()
    const record = JSON.parse(room.bytes('vault.json').toString()) as object
    writeFileSync(join(room.folder, 'vault.json'), JSON.stringify({ ...record, tries: { wrong: -7 } }))
    const vault = await room.vault()
    expect(vault.state.value).toMatchObject({ triesLeft: 0, retryAt: room.now + 30_000 })
    room.pass(30_000)
    await vault.unlock(passphrase)
    await vault.close()
  })

  it.each([
    ['{"wrong": 6, "lastAt": 5}', 60_000],
    ['{"wrong": -7}', 30_000],
  ])('come over from the file of an earlier version, %s, and that file goes', async (text, pauseMs) => {
    await (await locked()).close()
    writeFileSync(join(room.folder, 'tries.json'), text)
    const vault = await room.vault()
    expect(vault.state.value).toMatchObject({ triesLeft: 0, retryAt: room.now + pauseMs })
    expect(existsSync(join(room.folder, 'tries.json'))).toBe(false)
    room.pass(pauseMs)
    await vault.unlock(passphrase)
    await vault.close()
  })

  it('are counted in memory where the disk takes nothing, and the right passphrase opens (bug: a full disk kept the vault shut)', async () => {
    await (await locked()).close()
    let told = 0
    const vault = await room.vault({ onUnwrittenTries: () => told++ })
    const undo = room.refuseRecords()
    try {
      for (let turn = 0; turn < 5; turn++) expect((await wrong(vault)).code).toBe('wrong_passphrase')
      expect((await failure(() => vault.unlock(passphrase))).code).toBe('too_many_tries')
      room.pass(30_000)
      await vault.unlock(passphrase)
      expect(vault.state.value.phase).toBe('open')
      expect(told).toBeGreaterThanOrEqual(5)
    } finally {
      undo()
      await vault.close()
    }
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
