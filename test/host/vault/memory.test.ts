/** What is left in the host's memory of a passphrase and of keys once the vault is locked: counted in a real process, by reading it. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKey } from '../../../electron/host/vault/keys/key-box.ts'
import { readKeyRecord } from '../../../electron/host/vault/keys/key-record.ts'
import { argon2Cost, deriveKey } from '../../../electron/host/vault/keys/passphrase.ts'
import { sealWords } from '../../../renderer/link/sealed-words.ts'
import { countInMemory } from '../../fixtures/vault/process-memory.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'

let room: VaultRoom
beforeEach(() => {
  room = new VaultRoom()
})
afterEach(() => room.remove())

const words = 'correct cheval pile agrafe'
const child = join(import.meta.dirname, '../../fixtures/vault/memory-child.ts')

/** What the vault's files are opened with, found as whoever has the passphrase can find it. */
async function secrets(): Promise<Record<string, Buffer>> {
  const record = readKeyRecord(join(room.folder, 'vault.json'))
  const wrap = record?.wraps[0]
  if (record === null || wrap?.kind !== 'passphrase') throw new Error('There is no passphrase')
  const { vaultId } = record
  const wrappingKey = await deriveKey(words, Buffer.from(wrap.salt, 'base64'), wrap.cost)
  const vaultKey = openKey(wrap.box, wrappingKey, { purpose: 'vault-key', vaultId, id: 'passphrase' })
  const mainKey = vaultKey && openKey(record.keys['main'] ?? '', vaultKey, { purpose: 'data-key', vaultId, id: 'main' })
  if (!vaultKey || !mainKey) throw new Error('There is no key')
  return {
    'passphrase, one byte a letter': Buffer.from(words),
    'passphrase, two bytes a letter': Buffer.from(words, 'utf16le'),
    'passphrase as base64': Buffer.from(Buffer.from(words).toString('base64').slice(0, -4)),
    ...{ wrappingKey, vaultKey, mainKey },
    'mainKey as text': Buffer.from(mainKey.toString('hex')),
  }
}

interface Counts {
  /** The message has come, and nothing was done with it. */
  received: Record<string, number>
  open: Record<string, number>
  locked: Record<string, number>
}

async function counts(how: 'sealed' | 'text', needles: Record<string, Buffer>): Promise<Counts> {
  const running = spawn(process.execPath, ['--disable-sigusr1', child, room.folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const { pid = 0 } = running
    const said = phases(running.stdout)
    const { value: publicKey } = await said.next()
    const passphrase = how === 'text' ? words : await sealWords(words, publicKey)
    running.stdin.write(`${JSON.stringify({ passphrase })}\n`)
    expect((await said.next()).value).toBe('received')
    const received = countInMemory(pid, needles)
    running.stdin.write('\n')
    expect((await said.next()).value).toBe('open')
    const open = countInMemory(pid, needles)
    running.stdin.write('\n')
    expect((await said.next()).value).toBe('locked')
    return { received, open, locked: countInMemory(pid, needles) }
  } finally {
    running.kill('SIGKILL')
  }
}

async function* phases(output: AsyncIterable<Buffer>): AsyncGenerator<string, string> {
  let text = ''
  for await (const part of output) {
    text += part.toString()
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
  return text
}

const canRead = process.platform === 'linux' && mayReadChildren()

function mayReadChildren(): boolean {
  try {
    // 0: any process of the same user; 1: descendants only, which a child is.
    return Number(readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8')) <= 1 || process.getuid?.() === 0
  } catch {
    return true
  }
}

describe.skipIf(!canRead)('after locking', () => {
  it(
    'no key is left, and nothing of a passphrase that was sealed (bug: four copies and the wrapping key, then five of the message)',
    { timeout: 300_000 },
    async () => {
      const setup = await room.vault({ passphraseCost: argon2Cost })
      await setup.create({ kind: 'passphrase', passphrase: words })
      await setup.close()
      const needles = await secrets()
      const text = await counts('text', needles)
      const sealed = await counts('sealed', needles)
      for (const name of Object.keys(needles)) {
        const of = (found: Counts): string =>
          `received ${found.received[name] ?? 0}, open ${found.open[name] ?? 0}, locked ${found.locked[name] ?? 0}`
        console.info(`${name}: sent as text ${of(text)}; sealed ${of(sealed)}`)
      }
      // The needles are really found where they must be.
      for (const { open } of [text, sealed]) expect(open['vaultKey']).toBeGreaterThan(0)
      expect(text.received['passphrase, one byte a letter']).toBeGreaterThan(0)
      for (const name of Object.keys(needles)) expect(sealed.locked[name], name).toBe(0)
    },
  )
})
