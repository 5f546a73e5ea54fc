/** The envelope: which key opens which box, what a record may hold, and that keys are wiped from memory. */
import { closeSync, linkSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKey, randomKey, sealKey, type BoxPurpose } from '../../../electron/host/vault/keys/key-box.ts'
import { readKeyRecord } from '../../../electron/host/vault/keys/key-record.ts'
import { VaultKeys } from '../../../electron/host/vault/keys/vault-keys.ts'
import { Wraps } from '../../../electron/host/vault/keys/wraps.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { cheapCost, failure, passphrase } from '../../fixtures/vault/vault-room.ts'

const purpose: BoxPurpose = { purpose: 'data-key', vaultId: 'v', id: 'main' }
const zeros = Buffer.alloc(32)

describe('a box', () => {
  it('opens with its key and purpose, and is another one each time', () => {
    const key = randomKey()
    const wrapping = randomKey()
    const box = sealKey(key, wrapping, purpose)
    expect(Buffer.from(box, 'base64')).toHaveLength(60)
    expect(openKey(box, wrapping, purpose)?.equals(key)).toBe(true)
    expect(sealKey(key, wrapping, purpose)).not.toBe(box)
  })

  it('stays shut for another key, another file, another vault, another use, and when one bit changed', () => {
    const wrapping = randomKey()
    const box = sealKey(randomKey(), wrapping, purpose)
    expect(openKey(box, randomKey(), purpose)).toBeNull()
    expect(openKey(box, wrapping, { ...purpose, id: 'other' })).toBeNull()
    expect(openKey(box, wrapping, { ...purpose, vaultId: 'w' })).toBeNull()
    expect(openKey(box, wrapping, { ...purpose, purpose: 'vault-key' })).toBeNull()
    for (const at of [0, 12, 59]) {
      const bytes = Buffer.from(box, 'base64')
      bytes[at] = (bytes[at] ?? 0) ^ 1
      expect(openKey(bytes.toString('base64'), wrapping, purpose), `byte ${at}`).toBeNull()
    }
    expect(openKey(box.slice(0, 40), wrapping, purpose)).toBeNull()
  })
})

describe('the record', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'alambic-record-'))
    path = join(folder, 'vault.json')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function written(): Promise<{ keys: VaultKeys; vaultKey: Buffer }> {
    const vaultKey = randomKey()
    const wraps = new Wraps({ keychain: new MemoryKeychain(), cost: cheapCost })
    const wrap = await wraps.wrap(vaultKey, 'v', { kind: 'passphrase', passphrase })
    const keys = new VaultKeys({ path, record: VaultKeys.newRecord('v', vaultKey, wrap), vaultKey })
    keys.save()
    return { keys, vaultKey }
  }

  it('is read as it was written, and for this user’s eyes only', async () => {
    const { keys } = await written()
    expect(readKeyRecord(path)).toEqual(keys.record)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it.skipIf(process.platform === 'win32')(
    'leaves nothing of an earlier record on the disk, but a copy that somebody made is theirs (bug: only the last record was written over)',
    async () => {
      const { keys } = await written()
      const old = openSync(path, 'r')
      const before = readFileSync(old)
      keys.add('matter', () => undefined)
      const left = Buffer.alloc(before.length)
      readSync(old, left, 0, left.length, 0)
      closeSync(old)
      expect(left.includes(Buffer.from('"keys"'))).toBe(false)
      linkSync(path, `${path}.mine`)
      const mine = readFileSync(`${path}.mine`)
      keys.destroy('matter')
      expect(readFileSync(`${path}.mine`).equals(mine)).toBe(true)
    },
  )

  it.each([
    ['memoryKib', 4_000_000_000],
    ['memoryKib', 1_048_576],
    ['passes', 64],
    ['lanes', 16],
  ])('does not let a forged %s of %d take all memory or minutes (bug: 1 GiB and 64 passes were tried)', async (name, value) => {
    await written()
    writeFileSync(path, readFileSync(path, 'utf8').replace(new RegExp(`"${name}": \\d+`), `"${name}": ${value}`))
    expect((await failure(() => readKeyRecord(path))).data).toEqual({ damage: 'record_unreadable', file: 'vault.json' })
  })

  it('gives a key out for the time of the work and wipes it, also when the work fails', async () => {
    const { keys } = await written()
    const seen: Buffer[] = []
    keys.use('main', (key) => {
      seen.push(key)
      expect(key.equals(zeros)).toBe(false)
    })
    keys.add('matter', (key) => void seen.push(key))
    expect(() =>
      keys.use('matter', (key) => {
        seen.push(key)
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(seen.map((key) => key.equals(zeros))).toEqual([true, true, true])
  })

  it('knows a new file only when that file is there, on the disk and in memory', async () => {
    const { keys } = await written()
    const before = readFileSync(path, 'utf8')
    expect(() =>
      keys.add('matter', () => {
        throw new Error('the disk is full')
      }),
    ).toThrow('full')
    expect(keys.has('matter')).toBe(false)
    expect(readFileSync(path, 'utf8')).toBe(before)
    keys.add('matter', () => expect(readFileSync(path, 'utf8')).toBe(before))
    expect(keys.has('matter')).toBe(true)
    expect(Object.keys(readKeyRecord(path)?.keys ?? {})).toEqual(['main', 'matter'])
  })

  it('leaves no key of the vault in memory once it is closed', async () => {
    const { keys, vaultKey } = await written()
    keys.close()
    expect(vaultKey.equals(zeros)).toBe(true)
  })
})
