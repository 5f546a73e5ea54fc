// A dialog of the keychain that nobody answers, or answers too late: neither a lock nor the end of the program waits for it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KeychainTrouble } from '../../../contract/entities.ts'
import type { Keychain } from '../../../electron/host/vault/keys/keychain.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { failure, passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

/** Answers nothing while it is held: what was asked meanwhile is done when it is let go. */
class HeldKeychain implements Keychain {
  readonly asked: string[] = []
  readonly #keychain = new MemoryKeychain()
  #held: { promise: Promise<void>; resolve: () => void } | null = null

  hold(): void {
    this.#held = Promise.withResolvers<void>()
  }

  async letGo(): Promise<void> {
    this.#held?.resolve()
    this.#held = null
    // Everything that was waiting has run when this returns.
    await new Promise((resolve) => setImmediate(resolve))
  }

  get secrets(): Map<string, string> {
    return this.#keychain.secrets
  }

  read(account: string): Promise<string | null> {
    return this.#when('read', () => this.#keychain.read(account))
  }

  write(account: string, secret: string): Promise<void> {
    return this.#when('write', () => this.#keychain.write(account, secret))
  }

  remove(account: string): Promise<void> {
    return this.#when('remove', () => this.#keychain.remove(account))
  }

  trouble(): Promise<KeychainTrouble | null> {
    return this.#when('trouble', () => this.#keychain.trouble())
  }

  async #when<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.asked.push(what)
    await this.#held?.promise
    return work()
  }
}

let room: VaultRoom
let keychain: HeldKeychain
beforeEach(() => {
  room = new VaultRoom()
  keychain = new HeldKeychain()
})
afterEach(async () => {
  await keychain.letGo()
  room.remove()
})

/** Begins work that comes to the held keychain, and returns when it waits there. */
async function begun<T>(work: () => Promise<T>): Promise<{ ended: Promise<T> }> {
  const before = keychain.asked.length
  const ended = work()
  ended.catch(() => undefined)
  await expect.poll(() => keychain.asked.length, { interval: 5 }).toBeGreaterThan(before)
  return { ended }
}

async function lockedByKeychain(): Promise<Vault> {
  const vault = await room.vault({ keychain })
  await vault.create({ kind: 'keychain' })
  await vault.lock()
  return vault
}

// The fake never answers of itself: a lock that waited for it would not end at all, and the test with it.
describe('a lock', () => {
  it('does not wait for an unlock that waits for a dialog, and an answer that comes later opens nothing', async () => {
    const vault = await lockedByKeychain()
    keychain.hold()
    const { ended } = await begun(() => vault.unlock())
    await vault.lock()
    expect(await failure(() => ended)).toEqual({ code: 'cancelled', data: undefined })
    await keychain.letGo()
    expect(vault.state.value).toMatchObject({ phase: 'locked', keychainTrouble: null })
    expect(await failure(() => vault.main)).toMatchObject({ code: 'locked' })
    await vault.unlock()
    expect(vault.state.value.phase).toBe('open')
    await vault.close()
  })

  it('does not wait for the number that is compared at an unlock', async () => {
    const vault = await lockedByKeychain()
    const opened: string[] = []
    vault.guard({
      opened: () => Promise.resolve(void opened.push('opened')),
      closing: () => Promise.resolve(),
      busy: () => false,
    })
    const { read } = keychain
    // The key comes, and the dialog stands for what is asked next.
    keychain.read = (account) => {
      keychain.read = read
      const secret = read.call(keychain, account)
      return secret.finally(() => keychain.hold())
    }
    const before = keychain.asked.length
    const unlock = vault.unlock()
    unlock.catch(() => undefined)
    await expect.poll(() => keychain.asked.length, { interval: 5 }).toBe(before + 2)
    await vault.lock()
    expect(await failure(() => unlock)).toMatchObject({ code: 'cancelled' })
    expect(opened).toEqual([])
    expect(vault.state.value.phase).toBe('locked')
    await keychain.letGo()
    expect(vault.state.value.phase).toBe('locked')
    await vault.close()
  })

  it('does not wait for a protection that moves into the keychain: the passphrase opens it as before, and the late secret opens nothing', async () => {
    const vault = await room.opened({ keychain })
    keychain.hold()
    const { ended } = await begun(() => vault.protect({ current: passphrase, next: { kind: 'keychain' } }))
    await vault.lock()
    expect(await failure(() => ended)).toMatchObject({ code: 'cancelled' })
    await keychain.letGo()
    expect(keychain.secrets.size).toBe(1)
    expect(vault.state.value).toMatchObject({ phase: 'locked', protection: 'passphrase' })
    await vault.unlock(passphrase)
    // The same way again, with nobody in the way.
    await vault.protect({ current: passphrase, next: { kind: 'keychain' } })
    await vault.lock()
    await vault.unlock()
    expect(vault.state.value).toMatchObject({ phase: 'open', protection: 'keychain' })
    await vault.close()
  })

  it('leaves no vault behind when one was being set up', async () => {
    const vault = await room.vault({ keychain })
    keychain.hold()
    const { ended } = await begun(() => vault.create({ kind: 'keychain' }))
    await vault.lock()
    expect(await failure(() => ended)).toMatchObject({ code: 'cancelled' })
    await keychain.letGo()
    expect(vault.state.value.phase).toBe('new')
    expect(room.files()).toEqual([])
    await vault.create({ kind: 'passphrase', passphrase })
    await vault.close()
  })

  it('refuses what waits behind it too, and serves what is asked after it', async () => {
    const vault = await lockedByKeychain()
    keychain.hold()
    const { ended } = await begun(() => vault.unlock())
    const behind = vault.unlock()
    behind.catch(() => undefined)
    const locks = [vault.lock(), vault.lock()]
    await Promise.all(locks)
    for (const unlock of [ended, behind]) expect(await failure(() => unlock)).toMatchObject({ code: 'cancelled' })
    await keychain.letGo()
    await vault.unlock()
    await vault.close()
  })
})

describe('the end of the program', () => {
  it('does not wait for an unlock', async () => {
    const vault = await lockedByKeychain()
    keychain.hold()
    const { ended } = await begun(() => vault.unlock())
    await vault.close()
    expect(await failure(() => ended)).toMatchObject({ code: 'cancelled' })
    await keychain.letGo()
    expect(await failure(() => vault.unlock())).toMatchObject({ code: 'disconnected' })
  })

  it('does not wait for the first look at whether the keychain works', async () => {
    const vault = new Vault({ dataFolder: room.folder, keychain, now: Date.now })
    keychain.hold()
    const { ended } = await begun(() => vault.start())
    await vault.close()
    await ended
  })
})
