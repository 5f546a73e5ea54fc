/**
 * The ways the vault's key is kept: wrapped by a key in the system's keychain, or by one derived from a passphrase.
 * Never anything else: neither way ever writes the vault's key in clear.
 */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import type { Protection } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Words } from '../../../../contract/words.ts'
import { openKey, randomKey, sealKey, type BoxPurpose } from './key-box.ts'
import type { Keychain } from './keychain.ts'
import { deriveKey, type DeriveKey } from './passphrase.ts'

/** What comes of `sealKey`. */
export const Box = z.base64().length(80)

/** The wrapping key is in the keychain, under the vault's id. */
const KeychainWrap = z.object({ kind: z.literal('keychain'), box: Box })
/** The wrapping key is derived from a passphrase and never kept. */
const PassphraseWrap = z.object({
  kind: z.literal('passphrase'),
  algorithm: z.literal('argon2id'),
  cost: Argon2Cost,
  salt: z.base64().length(24),
  box: Box,
})
export const Wrap = z.discriminatedUnion('kind', [KeychainWrap, PassphraseWrap])
export type Wrap = z.infer<typeof Wrap>

export class Wraps {
  readonly #keychain: Keychain
  readonly #cost: Argon2Cost
  readonly #derive: DeriveKey

  /** @param cost of passphrases wrapped from now on; older ones keep the cost in their record. @param derive by default in this process */
  constructor({ keychain, cost, derive = deriveKey }: { keychain: Keychain; cost: Argon2Cost; derive?: DeriveKey }) {
    this.#keychain = keychain
    this.#cost = cost
    this.#derive = derive
  }

  /** How good a passphrase is has been judged. @throws AppError keychain_unavailable {trouble} */
  async wrap(vaultKey: Buffer, vaultId: string, protection: Protection): Promise<Wrap> {
    if (protection.kind === 'keychain') return this.#wrapByKeychain(vaultKey, vaultId)
    const salt = randomBytes(16)
    const wrappingKey = await this.#derive(protection.passphrase, salt, this.#cost)
    const box = sealKey(vaultKey, wrappingKey, purposeOf('passphrase', vaultId))
    wrappingKey.fill(0)
    return { kind: 'passphrase', algorithm: 'argon2id', cost: this.#cost, salt: salt.toString('base64'), box }
  }

  /** The vault's key; null when the passphrase is wrong. Wipe it after use. */
  async openByPassphrase(
    wrap: Extract<Wrap, { kind: 'passphrase' }>,
    vaultId: string,
    passphrase: Words,
  ): Promise<Buffer | null> {
    const wrappingKey = await this.#derive(passphrase, Buffer.from(wrap.salt, 'base64'), wrap.cost)
    const vaultKey = openKey(wrap.box, wrappingKey, purposeOf('passphrase', vaultId))
    wrappingKey.fill(0)
    return vaultKey
  }

  /** The vault's key; null when the keychain works but does not have the right one. @throws AppError keychain_unavailable */
  async openByKeychain(wrap: Extract<Wrap, { kind: 'keychain' }>, vaultId: string): Promise<Buffer | null> {
    const secret = await this.#keychain.read(vaultId)
    const wrappingKey = Buffer.from(secret ?? '', 'base64')
    const vaultKey = wrappingKey.length === 32 ? openKey(wrap.box, wrappingKey, purposeOf('keychain', vaultId)) : null
    wrappingKey.fill(0)
    if (vaultKey) return vaultKey
    // gnome-keyring, when it is locked and nobody can be asked, says that it has nothing instead of that it is locked.
    const trouble = await this.#keychain.trouble()
    if (trouble) throw new AppError('keychain_unavailable', 'The keychain gave nothing', { trouble })
    return null
  }

  /** Removes what a wrap left in the keychain. Must only be called when no record needs it any more. */
  async forget(wrap: Wrap, vaultId: string): Promise<void> {
    if (wrap.kind !== 'keychain') return
    await this.#keychain.remove(vaultId)
    await this.#keychain.remove(sequenceAccount(vaultId))
  }

  async #wrapByKeychain(vaultKey: Buffer, vaultId: string): Promise<Wrap> {
    const wrappingKey = randomKey()
    try {
      // A keychain speaks in strings, which cannot be wiped; the string is dropped at once.
      const secret = wrappingKey.toString('base64')
      await this.#keychain.write(vaultId, secret)
      if ((await this.#keychain.read(vaultId)) !== secret)
        throw new AppError('keychain_unavailable', 'The keychain did not keep what it was given', { trouble: 'refused' })
      return { kind: 'keychain', box: sealKey(vaultKey, wrappingKey, purposeOf('keychain', vaultId)) }
    } finally {
      wrappingKey.fill(0)
    }
  }
}

/** The entry beside the key's that counts openings. Not the same entry: a write that fails halfway must not cost the key. */
export function sequenceAccount(vaultId: string): string {
  return `${vaultId}.sequence`
}

function purposeOf(kind: Wrap['kind'], vaultId: string): BoxPurpose {
  return { purpose: 'vault-key', vaultId, id: kind }
}
