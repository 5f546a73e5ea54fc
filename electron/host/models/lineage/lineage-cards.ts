/**
 * Where the models that are here come from: their cards, kept and verified; else what the catalogue or the file itself says. It
 * also says which of them may not run when cards are required. It knows nothing of how files come in.
 */
import type { Catalogue } from '../../../../contract/catalogue.ts'
import { Trouble, type Model } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { LineageCard, type CardSignature, type Lineage } from '../../../../contract/lineage-card.ts'
import type { Settings } from '../../../../contract/settings.ts'
import { Signatures, verifyValue, type TrustedKey } from '../../base/signed-value.ts'
import { Watchable } from '../../base/watchable.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { Vouched } from '../library/engine-gate.ts'
import { readCardBeside, type CardFile } from './card-file.ts'
import { cardFromCatalogue, cardFromFile } from './made-cards.ts'
import type { GgufOrigin } from '../gguf/gguf-origin.ts'
import { llamaDuties, llamaNotice } from './llama-licence.ts'

interface CardRecord {
  sha256: string
  card: string | null
  signatures: string | null
  trouble: string | null
}

/** A card that was kept, and who vouches for it now: keys may have come and gone since. */
export interface KeptCard {
  text: string
  signatures: Signatures | null
  card: LineageCard
  signature: CardSignature
}

export interface LineageCardsOptions {
  database: EncryptedDatabase
  catalogue: () => Catalogue
  /** Whose signatures count. */
  trustedKeys: () => readonly TrustedKey[]
  /** What a model must have to run. */
  required: () => Settings['requireCard']
  /** The SHA-256 of those that may run, one a line; empty for all. */
  allowed: () => Settings['allowedModels']
  now: () => number
}

export class LineageCards {
  /** Counts the changes of what is kept. */
  readonly changes = new Watchable(0)
  readonly #options: LineageCardsOptions

  constructor(options: LineageCardsOptions) {
    this.#options = options
  }

  /** Keeps the card that lies beside a file which came in. A bad one is not kept, but said; it never fails the file. */
  async takeBeside(path: string, sha256: string): Promise<void> {
    try {
      const found = await readCardBeside(path, sha256)
      if (found) this.keep(sha256, found)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.#write(sha256, null, error.toTrouble())
    }
  }

  /** Keeps a card, unless one that is vouched for is here and this one is not. */
  keep(sha256: string, { json, signatures }: CardFile): void {
    const kept = this.find(sha256)
    if (kept?.signature.state === 'verified' && this.#verify(json, signatures).state !== 'verified') return
    this.#write(sha256, { card: JSON.stringify(json), signatures: signatures && JSON.stringify(signatures) }, null)
  }

  forget(sha256: string): void {
    this.#options.database.prepare('DELETE FROM lineage_cards WHERE sha256 = ?').run(sha256)
    this.changes.set(this.changes.value + 1)
  }

  /** The card of a file; null when none was kept. */
  find(sha256: string): KeptCard | null {
    const record = this.#record(sha256)
    if (!record?.card) return null
    const json: unknown = JSON.parse(record.card)
    const card = LineageCard.safeParse(json)
    // One of an earlier version of the program that would not come in now is none.
    if (!card.success) return null
    const signatures = record.signatures === null ? null : Signatures.parse(JSON.parse(record.signatures))
    return { text: record.card, signatures, card: card.data, signature: this.#verify(json, signatures) }
  }

  /**
   * Lets only those run that have what is required. A catalogue vouches for its students as a signed card does; a card that was
   * changed after signing is none.
   * @returns by what it may run
   * @throws AppError model_forbidden {name}, card_missing {name}, card_unsigned {name}
   */
  refuseToRun(sha256: string, name: string): Vouched {
    if (!isListed(sha256, this.#options.allowed()))
      throw new AppError('model_forbidden', 'An administrator allows other models only', { name })
    const required = this.#options.required()
    if (required === 'off') return 'nothing_required'
    if (this.#student(sha256)) return 'catalogue'
    const state = this.find(sha256)?.signature.state
    if (state === undefined || state === 'wrong_signature') throw new AppError('card_missing', 'A card is required', { name })
    if (required === 'signed' && state !== 'verified') throw new AppError('card_unsigned', 'A signed card is required', { name })
    return state === 'verified' ? 'signed_card' : 'card'
  }

  /**
   * Everything that is known of where a model comes from.
   * @param origin what its own file says; null when it cannot be read
   */
  lineageOf(model: Pick<Model, 'id' | 'name' | 'licence'>, origin: GgufOrigin | null): Lineage {
    const kept = this.find(model.id)
    const known = this.#student(model.id)
    const card = kept?.card ?? (known ? cardFromCatalogue(known.family, known.student) : cardFromFile(model, origin))
    const llama = llamaNotice([
      ...[card.licence?.name, known?.student.licence, origin?.licence, model.licence, card.teacher?.licence],
      ...[card.name, model.name, origin?.name, card.base?.name, card.teacher?.name],
      ...(origin?.baseModels ?? []).map(({ name }) => name),
    ])
    const duties = new Set([...card.duties, ...(known?.student.duties ?? []), ...(llama === null ? [] : llamaDuties)])
    const trouble = this.#record(model.id)?.trouble ?? null
    return {
      source: kept ? 'card' : known ? 'catalogue' : 'file',
      card,
      signature:
        kept?.signature ?? (known ? { state: 'verified', by: this.#options.catalogue().publisher } : { state: 'unsigned' }),
      duties: [...duties],
      notice: card.notice ?? llama,
      trouble: trouble === null ? null : Trouble.parse(JSON.parse(trouble)),
    }
  }

  #student(sha256: string) {
    for (const family of this.#options.catalogue().families)
      for (const student of family.students) if (student.file?.sha256 === sha256) return { family, student }
    return null
  }

  #verify(json: unknown, signatures: Signatures | null): CardSignature {
    if (!signatures) return { state: 'unsigned' }
    const found = verifyValue('card', json, signatures, this.#options.trustedKeys())
    return 'signer' in found ? { state: 'verified', by: found.signer.name } : { state: found.trouble }
  }

  #record(sha256: string): CardRecord | undefined {
    return this.#options.database.prepare<CardRecord>('SELECT * FROM lineage_cards WHERE sha256 = ?').get(sha256)
  }

  /** A trouble leaves the card that is here as it is. */
  #write(sha256: string, card: { card: string; signatures: string | null } | null, trouble: Trouble | null): void {
    this.#options.database
      .prepare(
        `INSERT INTO lineage_cards (sha256, card, signatures, trouble, taken_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (sha256) DO UPDATE SET card = coalesce(excluded.card, card),
           signatures = CASE WHEN excluded.card IS NULL THEN signatures ELSE excluded.signatures END, trouble = excluded.trouble`,
      )
      .run(sha256, card?.card ?? null, card?.signatures ?? null, trouble && JSON.stringify(trouble), this.#options.now())
    this.changes.set(this.changes.value + 1)
  }
}

/** Lines that name nothing allow nothing. @param allowed a SHA-256 a line, then anything; empty for all */
function isListed(sha256: string, allowed: string): boolean {
  if (allowed.trim() === '') return true
  return allowed.split('\n').some((line) => /^\s*([0-9a-f]{64})(?:\s|$)/i.exec(line)?.[1]?.toLowerCase() === sha256)
}
