/** Passphrases and recovery codes leave the page, and a new code comes to it, sealed for the host that it talks to, whatever carries them: contract/words.ts says why. */
import type { BackupKey } from '../../contract/backup.ts'
import type { Client } from '../../contract/contract.ts'
import type { Protection } from '../../contract/entities.ts'
import { sealedAnswerInfo, sealedWordsInfo, type SealedWords, type Words } from '../../contract/words.ts'

/** The same client, but for what it does with passphrases. */
export function sealingClient(client: Client): Client {
  const seal = async (words: Words): Promise<Words> =>
    typeof words === 'string' ? sealWords(words, (await client.vault.greet({})).publicKey) : words
  const sealProtection = async (protection: Protection): Promise<Protection> =>
    protection.kind === 'passphrase' ? { ...protection, passphrase: await seal(protection.passphrase) } : protection
  const sealKey = async (key: BackupKey): Promise<BackupKey> =>
    key.kind === 'passphrase'
      ? { ...key, passphrase: await seal(key.passphrase) }
      : key.kind === 'code'
        ? { ...key, code: await seal(key.code) }
        : key
  const { vault, backup, workspaces } = client
  return {
    ...client,
    vault: {
      ...vault,
      create: async (protection, options) => vault.create(await sealProtection(protection), options),
      unlock: async ({ passphrase }, options) =>
        vault.unlock(passphrase === undefined ? {} : { passphrase: await seal(passphrase) }, options),
      protect: async ({ current, next, ...how }, options) =>
        vault.protect(
          { ...how, ...(current === undefined ? {} : { current: await seal(current) }), next: await sealProtection(next) },
          options,
        ),
      restoreBackup: async ({ key, protection, ...place }, options) =>
        vault.restoreBackup({ ...place, key: await sealKey(key), protection: await sealProtection(protection) }, options),
    },
    backup: {
      ...backup,
      newCode: async (_asked, options) => {
        const { own, publicKey } = await keyPair()
        const { code } = await backup.newCode({ publicKey }, options)
        return { code: typeof code === 'string' ? code : await openWords(code, own) }
      },
      open: async ({ key, ...place }, options) => backup.open({ ...place, key: await sealKey(key) }, options),
      restore: async ({ key, ...place }, options) => backup.restore({ ...place, key: await sealKey(key) }, options),
      putBack: async ({ key, ...place }, options) => backup.putBack({ ...place, key: await sealKey(key) }, options),
    },
    workspaces: {
      ...workspaces,
      export: async ({ passphrase, ...what }, options) =>
        workspaces.export({ ...what, passphrase: await seal(passphrase) }, options),
      import: async ({ passphrase, ...what }, options) =>
        workspaces.import({ ...what, passphrase: await seal(passphrase) }, options),
    },
  }
}

/** @param theirs the host's public key, as base64 of an uncompressed point */
export async function sealWords(text: string, theirs: string): Promise<SealedWords> {
  const { own, publicKey } = await keyPair()
  const key = await agreed(own, theirs, { info: sealedWordsInfo, use: 'encrypt' })
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const words = new TextEncoder().encode(text)
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, words))
  words.fill(0)
  return { publicKey, box: base64Of(new Uint8Array([...nonce, ...sealed])) }
}

/** Words that the host has sealed for this key. */
async function openWords({ publicKey, box }: SealedWords, own: CryptoKey): Promise<string> {
  const key = await agreed(own, publicKey, { info: sealedAnswerInfo, use: 'decrypt' })
  const bytes = bytesOf(box)
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes.subarray(0, 12) }, key, bytes.subarray(12))
  return new TextDecoder().decode(opened)
}

const curve = { name: 'ECDH', namedCurve: 'P-256' }

/** For this once. The public half is as base64 of an uncompressed point. */
async function keyPair(): Promise<{ own: CryptoKey; publicKey: string }> {
  const { privateKey: own, publicKey } = await crypto.subtle.generateKey(curve, false, ['deriveBits'])
  return { own, publicKey: base64Of(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))) }
}

async function agreed(own: CryptoKey, theirs: string, { info, use }: { info: string; use: KeyUsage }): Promise<CryptoKey> {
  const { subtle } = crypto
  const host = await subtle.importKey('raw', bytesOf(theirs), curve, false, [])
  const shared = await subtle.deriveBits({ name: 'ECDH', public: host }, own, 256)
  const base = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode(info) }
  return subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, [use])
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
}
