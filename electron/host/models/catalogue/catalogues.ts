/**
 * The catalogue in force: ours, which is part of the program, or a newer one that we signed; beside it or in its place the
 * organisation's own. One comes in only when a trusted key vouches for every byte of it, it is newer than any before, and its time
 * is not over; otherwise the last good one stays, and the reason is told.
 */
import type { BundleCatalogue } from '../../../../contract/bundle.ts'
import {
  mostCatalogueBytes,
  type Catalogue,
  type CatalogueSource,
  type CatalogueState,
  type CatalogueStudent,
} from '../../../../contract/catalogue.ts'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { inBackground } from '../../base/background.ts'
import { Signatures, TrustedKey, verifyValue } from '../../base/signed-value.ts'
import { Watchable } from '../../base/watchable.ts'
import type { References } from '../../desktop.ts'
import type { Network } from '../../network.ts'
import type { Grant } from '../../network-grants.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { builtInCatalogue, sizeOf } from './catalogue.ts'
import {
  envelopeOf,
  parseCatalogue,
  parseDetached,
  parseEnvelope,
  readCatalogueFile,
  refuseExpired,
  unreadableCatalogue,
  type SignedCatalogue,
} from './catalogue-file.ts'

type Kind = 'publisher' | 'organisation'

interface CatalogueRecord {
  kind: Kind
  catalogue: string
  signatures: string
}

/** One that is in force, with whoever vouches for it; our own built-in one needs nobody. */
interface Standing {
  catalogue: Catalogue
  signer: TrustedKey | null
}

interface Judged extends Standing {
  kind: Kind
  signer: TrustedKey
  /** The highest version that was ever here. */
  seen: number
  /** `same` is in force already. */
  fate: 'newer' | 'same' | 'older'
}

export interface CataloguesOptions {
  database: EncryptedDatabase
  network: Network
  settings: SettingsArea
  references: References
  /** Our own keys, which are part of the program. */
  ownKeys: readonly TrustedKey[]
  now: () => number
  /** Told of what fails where nobody waits. */
  onBug: (error: unknown) => void
}

export class Catalogues {
  readonly state: Watchable<CatalogueState>
  readonly #options: CataloguesOptions
  readonly #closing = new AbortController()
  #publisher: Standing = { catalogue: builtInCatalogue, signer: null }
  #organisation: Standing | null = null
  /** The keys that those in force were looked at with. */
  #keysSeen = ''
  #refused: Trouble | null = null
  #isChecking = false

  constructor(options: CataloguesOptions) {
    this.#options = options
    this.#restore()
    this.state = new Watchable(this.#present())
  }

  /** Follows the settings; asks the organisation's address, if there is one, once. */
  open(): void {
    inBackground(this.#follow(), this.#options.onBug)
    // What came of it is part of the state.
    if (this.#options.settings.values.catalogueAddress !== '') this.check({ mayAsk: false }).catch(() => undefined)
  }

  close(): void {
    this.#closing.abort()
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  /** What may be shown and fetched now: the organisation's families first, and of a student that both have only theirs. */
  get catalogue(): Catalogue {
    this.#useKeysOfNow()
    const own = this.#publisher.catalogue
    const theirs = this.#organisation?.catalogue
    if (!theirs) return own
    if (this.#options.settings.values.catalogueMode === 'replace') return theirs
    const taken = new Set(theirs.families.flatMap(({ students }) => students.map(({ id }) => id)))
    const families = own.families
      .map((family) => ({ ...family, students: family.students.filter(({ id }) => !taken.has(id)) }))
      .filter(({ students }) => students.length > 0)
    const known = new Set(theirs.families.map(({ id }) => id))
    return {
      ...theirs,
      families: [...theirs.families, ...families.map((one) => (known.has(one.id) ? { ...one, id: `own-${one.id}` } : one))],
    }
  }

  get students(): CatalogueStudent[] {
    return this.catalogue.families.flatMap(({ students }) => students)
  }

  /** @throws AppError not_found */
  student(studentId: string): CatalogueStudent {
    const student = this.students.find(({ id }) => id === studentId)
    if (!student) throw new AppError('not_found', 'No such student')
    return student
  }

  /** The keys of the organisation, as they were entered. */
  get organisationKeys(): TrustedKey[] {
    return readKeys(this.#options.settings.values.catalogueKeys)
  }

  /**
   * Fetches the organisation's catalogue from its address: the door opens for its host alone.
   * @param mayAsk whether somebody is there who can be asked for consent
   * @throws AppError not_found when there is no address, catalogue_*, network_*
   */
  async check({ mayAsk } = { mayAsk: true }): Promise<void> {
    const { catalogueAddress } = this.#options.settings.values
    if (catalogueAddress === '') throw new AppError('not_found', 'There is no address')
    this.#isChecking = true
    this.#publish()
    try {
      const { grants } = this.#options.network
      const wish = { purpose: 'catalogue' as const, address: catalogueAddress }
      const grant = mayAsk ? await grants.ask(wish) : grants.standing(wish)
      const text = await this.#fetch(catalogueAddress, grant)
      this.#take(parseEnvelope(text) ?? parseDetached(text, await this.#fetch(`${catalogueAddress}.sig`, grant)))
    } catch (error) {
      this.#refuse(error)
    } finally {
      this.#isChecking = false
      this.#publish()
    }
  }

  /**
   * Takes a catalogue from a file, with its signatures inside, or beside it under the same name and `.sig`.
   * @throws AppError catalogue_*, file_unreadable, not_found
   */
  async takeFile(reference: string): Promise<void> {
    const { references } = this.#options
    const path = references.resolve(reference)
    try {
      this.#take(await readCatalogueFile(path))
    } catch (error) {
      this.#refuse(error)
    } finally {
      references.release(reference)
      this.#publish()
    }
  }

  /**
   * Looks at a catalogue with its signatures inside, as a bundle carries it; nothing is taken. One that would be left where it
   * is anyway may be over.
   * @throws AppError catalogue_*
   */
  fateOf(text: string): Exclude<BundleCatalogue, { fate: 'refused' }> {
    const { fate, catalogue } = this.#judge(enveloped(text))
    if (fate === 'newer') refuseExpired(catalogue, this.#options.now())
    return { fate, publisher: catalogue.publisher, version: catalogue.version }
  }

  /** Takes it when it is newer than what is here, and leaves it otherwise. @throws AppError as {@link fateOf} does */
  takeNewer(text: string): void {
    if (this.fateOf(text).fate !== 'newer') return
    this.#take(enveloped(text))
    this.#publish()
  }

  /** Those in force that a bundle can take along: neither what is part of every program, nor what nobody would take any more. */
  get portable(): { publisher: string; text: string }[] {
    const { now } = this.#options
    return this.#inForce.flatMap(({ kind, standing: { catalogue, signer } }) => {
      const record = this.#record(kind)
      if (!signer || !record || Date.parse(catalogue.expiresAt) <= now()) return []
      const signatures = Signatures.parse(JSON.parse(record.signatures))
      return [{ publisher: catalogue.publisher, text: envelopeOf({ json: JSON.parse(record.catalogue), signatures }) }]
    })
  }

  /** The organisation's first; ours stands beside it, unless it is in its place. */
  get #inForce(): { kind: Kind; standing: Standing }[] {
    this.#useKeysOfNow()
    const theirs = this.#organisation
    const isReplaced = theirs !== null && this.#options.settings.values.catalogueMode === 'replace'
    return [
      ...(theirs ? [{ kind: 'organisation' as const, standing: theirs }] : []),
      ...(isReplaced ? [] : [{ kind: 'publisher' as const, standing: this.#publisher }]),
    ]
  }

  /** Goes back to what is part of the program. The versions that were seen stay known. */
  forget(): void {
    this.#options.database.prepare('DELETE FROM catalogues').run()
    this.#refused = null
    this.#restore()
    this.#publish()
  }

  #refuse(error: unknown): never {
    if (error instanceof AppError) this.#refused = error.toTrouble()
    throw error
  }

  async #fetch(url: string, grant: Grant): Promise<string> {
    const answer = await this.#options.network.get(url, { grant, signal: this.#closing.signal })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body) {
      bytes += chunk.length
      if (bytes > mostCatalogueBytes) throw unreadableCatalogue('too big')
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  }

  /** Checks everything, then keeps it. */
  #take(signed: SignedCatalogue): void {
    const { database, now } = this.#options
    const { kind, signer, catalogue, seen, fate } = this.#judge(signed)
    refuseExpired(catalogue, now())
    if (fate === 'older')
      throw new AppError('catalogue_older', 'Not newer than one that was here', { version: catalogue.version, known: seen })
    database.transaction(() => {
      database
        .prepare('INSERT OR REPLACE INTO catalogues (kind, catalogue, signatures, taken_at) VALUES (?, ?, ?, ?)')
        .run(kind, JSON.stringify(signed.json), JSON.stringify(signed.signatures), now())
      database
        .prepare('INSERT OR REPLACE INTO catalogue_versions (kind, publisher, version) VALUES (?, ?, ?)')
        .run(kind, catalogue.publisher, catalogue.version)
    })
    if (kind === 'publisher') this.#publisher = { catalogue, signer }
    else this.#organisation = { catalogue, signer }
    this.#refused = null
  }

  /** Whose it is, and what it is beside those that were here. Its time is not looked at: what is not taken may be over. */
  #judge({ json, signatures }: SignedCatalogue): Judged {
    this.#useKeysOfNow()
    const { kind, signer } = this.#vouch(json, signatures)
    const catalogue = parseCatalogue(json)
    const { version } = catalogue
    const seen = this.#seen(kind, catalogue.publisher)
    const kept = this.#record(kind)
    const isKept = kept?.catalogue === JSON.stringify(json)
    const isOlder = version < seen || (version === seen && kept !== undefined && !isKept)
    // One whose key was taken back is kept and not in force: then it may come anew, signed by another.
    const inForce = kind === 'publisher' ? this.#publisher.signer : this.#organisation
    return { kind, signer, catalogue, seen, fate: isOlder ? 'older' : isKept && inForce ? 'same' : 'newer' }
  }

  #record(kind: Kind): CatalogueRecord | undefined {
    return this.#options.database.prepare<CatalogueRecord>('SELECT * FROM catalogues WHERE kind = ?').get(kind)
  }

  /** Whose it is. @throws AppError catalogue_unknown_key, catalogue_tampered */
  #vouch(json: unknown, signatures: Signatures): { kind: Kind; signer: TrustedKey } {
    const { ownKeys } = this.#options
    const own = verifyValue('catalogue', json, signatures, ownKeys)
    if ('signer' in own) return { kind: 'publisher', signer: own.signer }
    const theirs = verifyValue('catalogue', json, signatures, this.organisationKeys)
    if ('signer' in theirs) return { kind: 'organisation', signer: theirs.signer }
    const isKnown = own.trouble === 'wrong_signature' || theirs.trouble === 'wrong_signature'
    throw isKnown
      ? new AppError('catalogue_tampered', 'It is not what was signed')
      : new AppError('catalogue_unknown_key', 'Nobody who is trusted signed it')
  }

  /** The highest version that was ever here, ours counting from the one in the program. */
  #seen(kind: Kind, publisher: string): number {
    const row = this.#options.database
      .prepare<{ version: number }>('SELECT version FROM catalogue_versions WHERE kind = ? AND publisher = ?')
      .get(kind, publisher)
    return Math.max(row?.version ?? 0, kind === 'publisher' ? builtInCatalogue.version : 0)
  }

  /** Those that were kept, if whoever signed them is still trusted: a key may have been taken back. */
  #restore(): void {
    this.#keysSeen = this.#options.settings.values.catalogueKeys
    this.#publisher = { catalogue: builtInCatalogue, signer: null }
    this.#organisation = null
    for (const record of this.#options.database.prepare<CatalogueRecord>('SELECT * FROM catalogues').all()) {
      try {
        const json: unknown = JSON.parse(record.catalogue)
        const { kind, signer } = this.#vouch(json, Signatures.parse(JSON.parse(record.signatures)))
        const catalogue = parseCatalogue(json)
        if (kind === 'organisation') this.#organisation = { catalogue, signer }
        // A newer program may bring a newer one of its own.
        else if (catalogue.version > builtInCatalogue.version) this.#publisher = { catalogue, signer }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }
  }

  async #follow(): Promise<void> {
    for await (const _values of this.#options.settings.state.watch(this.#closing.signal)) this.#publish()
  }

  /** A key that was taken back, or that a policy does not let count, vouches for nothing from that moment on. */
  #useKeysOfNow(): void {
    if (this.#options.settings.values.catalogueKeys !== this.#keysSeen) this.#restore()
  }

  #publish(): void {
    if (!this.#closing.signal.aborted) this.state.set(this.#present())
  }

  #present(): CatalogueState {
    const { settings, now } = this.#options
    const sources = this.#inForce.map(({ kind, standing: { catalogue, signer } }): CatalogueSource => ({
      kind: signer ? kind : 'built_in',
      publisher: catalogue.publisher,
      version: catalogue.version,
      signedAt: Date.parse(catalogue.signedAt),
      expiresAt: Date.parse(catalogue.expiresAt),
      expired: Date.parse(catalogue.expiresAt) <= now(),
      signer: signer?.name ?? null,
    }))
    const { catalogue } = this
    return {
      catalogue,
      sizes: Object.fromEntries(
        catalogue.families.flatMap(({ students }) => students.map((student) => [student.id, sizeOf(student)])),
      ),
      hub: settings.values.hub,
      sources,
      refused: this.#refused,
      checking: this.#isChecking,
    }
  }
}

/** One key a line: its name, white space, its 32 bytes in base64. Lines that are none are left out. */
export function readKeys(text: string): TrustedKey[] {
  return text.split('\n').flatMap((line) => {
    const [, name, publicKey] = /^\s*(.*\S)\s+(\S+)\s*$/.exec(line) ?? []
    const key = TrustedKey.safeParse({ name, publicKey })
    return key.success ? [key.data] : []
  })
}

/** @throws AppError catalogue_unreadable, catalogue_unsigned */
function enveloped(text: string): SignedCatalogue {
  const whole = parseEnvelope(text)
  if (!whole) throw new AppError('catalogue_unsigned', 'No signatures inside it')
  return whole
}
