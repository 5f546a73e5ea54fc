/** A passphrase travels sealed: what the page's cipher makes the host's opens, and nobody else's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../../contract/contract.ts'
import { PageSeal, sealForPage } from '../../../electron/host/vault/keys/page-seal.ts'
import { sealingClient, sealWords } from '../../../renderer/link/sealed-words.ts'
import { startTestHost } from '../../fixtures/test-host.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { failure, VaultRoom } from '../../fixtures/vault/vault-room.ts'

const words = 'correct cheval pile agrafe é'

describe('a seal', () => {
  it.each(['', 'a', words, 'x'.repeat(1024), '鍵'.repeat(1024)])('gives back what was sealed for it', async (text) => {
    const seal = new PageSeal()
    expect(seal.open(await sealWords(text, seal.publicKey)).toString()).toBe(text)
    expect(seal.open(text).toString()).toBe(text)
  })

  it('opens nothing that was sealed for another host, was changed or is none', async () => {
    const seal = new PageSeal()
    const sealed = await sealWords(words, seal.publicKey)
    const spoiled = [
      await sealWords(words, new PageSeal().publicKey),
      { ...sealed, box: sealed.box.replace(/^..../, 'AAAA') },
      { ...sealed, box: '' },
      { ...sealed, publicKey: '' },
      { ...sealed, publicKey: Buffer.alloc(65, 4).toString('base64') },
    ]
    for (const one of spoiled) expect((await failure(() => seal.open(one))).code).toBe('invalid_input')
  })

  it('seals nothing for what is no key', async () => {
    for (const none of ['', 'AAAA', Buffer.alloc(65, 4).toString('base64')])
      expect((await failure(() => sealForPage(Buffer.from(words), none))).code).toBe('invalid_input')
  })

  it('seals the same words otherwise each time', async () => {
    const { publicKey } = new PageSeal()
    const [one, other] = await Promise.all([sealWords(words, publicKey), sealWords(words, publicKey)])
    expect(one.box).not.toBe(other.box)
    expect(one.publicKey).not.toBe(other.publicKey)
  })
})

describe.each([
  ['in a process of its own', launchKeyWorker],
  ['in this process', undefined],
])('a vault whose keys are derived %s', (_where, launch) => {
  let room: VaultRoom
  beforeEach(() => {
    room = new VaultRoom()
  })
  afterEach(() => room.remove())

  it('is opened by the same words, sealed or not, however their letters are composed', async () => {
    const vault = await room.vault(launch ? { launchKeyWorker: launch } : {})
    const sealed = async (text: string) => sealWords(text, vault.publicKey)
    expect((await failure(async () => vault.create({ kind: 'passphrase', passphrase: await sealed('court') }))).code).toBe(
      'weak_passphrase',
    )
    await vault.create({ kind: 'passphrase', passphrase: await sealed(words.normalize('NFD')) })
    await vault.lock()
    await vault.unlock(words)
    await vault.lock()
    expect(await failure(async () => vault.unlock(await sealed('a wrong one')))).toMatchObject({
      code: 'wrong_passphrase',
      data: { triesLeft: 4 },
    })
    // What was sealed for another host is no try.
    const elsewhere = await sealWords(words, new PageSeal().publicKey)
    expect((await failure(() => vault.unlock(elsewhere))).code).toBe('invalid_input')
    expect(vault.state.value).toMatchObject({ triesLeft: 4 })
    await vault.unlock(await sealed(words))
    await vault.protect({
      current: await sealed(words),
      next: { kind: 'passphrase', passphrase: await sealed('une autre phrase') },
    })
    await vault.close()
  })
})

it('the page’s client hands no passphrase and no recovery code to the line, and is handed none in clear', async () => {
  const room = await startTestHost()
  try {
    const said: unknown[] = []
    const client = sealingClient(overheard(room.client, (what) => said.push(what)))
    await client.vault.create({ kind: 'passphrase', passphrase: words })
    await client.vault.lock({})
    await client.vault.unlock({ passphrase: words })
    await client.vault.protect({ current: words, next: { kind: 'passphrase', passphrase: `${words} ${words}` } })
    const place = { reference: null, sequence: 1, key: { kind: 'passphrase', passphrase: words } } as const
    const protection = { kind: 'passphrase', passphrase: words } as const
    const failing = [
      () => client.backup.open(place),
      () => client.backup.restore({ ...place, workspaceIds: ['w'] }),
      () => client.backup.putBack({ ...place, workspaceId: 'w' }),
      () => client.workspaces.import({ reference: 'r', passphrase: words }),
      () => client.backup.open({ ...place, key: { kind: 'code', code: `${words} as a code` } }),
      () => client.workspaces.export({ workspaceId: 'w', reference: 'r', passphrase: words }),
      () => client.vault.restoreBackup({ ...place, reference: 'r', protection }),
    ]
    for (const call of failing) await expect(call()).rejects.not.toMatchObject({ code: 'invalid_input' })
    const { code } = await client.backup.newCode({})
    expect(code).toMatch(/^([0-9A-Z]{5}-){7}[0-9A-Z]{5}$/)
    const text = JSON.stringify(said)
    for (const method of ['vault.protect', 'backup.putBack', 'workspaces.import', 'workspaces.export', 'vault.restoreBackup'])
      expect(text).toContain(method)
    expect(text).toContain('answer of backup.newCode')
    for (const secret of ['agrafe', code as string]) expect(text).not.toContain(secret)
  } finally {
    await room.close()
  }
})

/** A client that tells of everything it is asked, and of every answer. */
function overheard(client: Client, tell: (what: unknown) => void): Client {
  const watched = (area: string, methods: object): object =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]: [string, (...asked: unknown[]) => unknown]) => [
        name,
        (...asked: unknown[]) => {
          tell([`${area}.${name}`, asked[0]])
          const answer = method(...asked)
          if (answer instanceof Promise) answer.then((given) => tell([`answer of ${area}.${name}`, given])).catch(() => undefined)
          return answer
        },
      ]),
    )
  return Object.fromEntries(Object.entries(client).map(([area, methods]) => [area, watched(area, methods)])) as Client
}
