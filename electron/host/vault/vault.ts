/**
 * The vault: whether there is one, what opens it, and its encrypted files while it is open. Everything that takes it from
 * one phase to another is here and runs one at a time; how keys, files and delays work is in the files beside.
 */
import { randomUUID } from 'node:crypto'
import type { Protection, VaultBackup, VaultState, WorkspaceDamage } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { Words } from '../../../contract/words.ts'
import { inBackground } from '../base/background.ts'
import { Mutex } from '../base/mutex.ts'
import { Watchable } from '../base/watchable.ts'
import { Backups } from './files/backups.ts'
import { diskFull, orDiskFull } from './files/disk-full.ts'
import type { EncryptedDatabase } from './files/encrypted-database.ts'
import { IdleLock, systemAlarm, type Alarm } from './idle-lock.ts'
import { KeyUpkeep } from './key-upkeep.ts'
import { randomKey } from './keys/key-box.ts'
import { Derivation } from './keys/derivation.ts'
import { Entrance } from './keys/entrance.ts'
import type { KeyRecord } from './keys/key-record.ts'
import { LeavableKeychain } from './keys/leavable-keychain.ts'
import { mainMigrations } from './files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from './files/migrations/workspace/workspace-migrations.ts'
import type { Migrations } from './files/migrate.ts'
import { makeDatabase, type OpenDatabases } from './files/open-databases.ts'
import { argon2Cost } from './keys/passphrase.ts'
import { RecordFile } from './keys/record-file.ts'
import type { BackupKey } from '../../../contract/backup.ts'
import { restoreVault } from './backup/restored-vault.ts'
import { openSet } from './backup/restoring.ts'
import { VaultFiles } from './files/vault-files.ts'
import { Journeys } from './gate/journeys.ts'
import { VaultKeys } from './keys/vault-keys.ts'
import type { Wrap } from './keys/wraps.ts'
import { openFiles, type Opened } from './open-files.ts'
import type { VaultGuard, VaultOptions } from './vault-options.ts'
import { VaultPhase } from './vault-phase.ts'

export class Vault {
  readonly #phase: VaultPhase
  /** What there is to say of the keys while the vault is open, and to do for them. */
  readonly upkeep: KeyUpkeep
  /** The ways of workspaces out and in, while it is open. */
  readonly journeys: Journeys
  /** What happened to each workspace that cannot be used; empty while the vault is locked. */
  readonly damaged = new Watchable<ReadonlyMap<string, WorkspaceDamage>>(new Map())
  readonly #keychain: LeavableKeychain
  readonly #now: () => number
  readonly #migrations: Migrations
  readonly #alarm: Alarm
  readonly #files: VaultFiles
  readonly #backups: Backups
  readonly #entrance: Entrance
  readonly #derivation: Derivation | null
  readonly #record: RecordFile
  readonly #idle: IdleLock
  readonly #onBug: (error: unknown) => void
  readonly #mutex = new Mutex()
  #guard: VaultGuard = { opened: () => Promise.resolve(), closing: () => Promise.resolve(), busy: () => false }
  #opened: Opened | null = null
  readonly #closing = new AbortController()

  constructor({
    dataFolder,
    keychain: systemKeychain,
    now,
    migrations = { main: mainMigrations, workspace: workspaceMigrations },
    passphraseCost = argon2Cost,
    alarm = systemAlarm,
    elapsed = () => performance.now(),
    launchKeyWorker,
    known = [],
    launchPorter,
    onBug = () => undefined,
    onUnwrittenTries = () => undefined,
  }: VaultOptions) {
    this.#onBug = onBug
    const keychain = new LeavableKeychain(systemKeychain)
    this.#keychain = keychain
    this.#now = now
    this.#migrations = migrations
    this.#alarm = alarm
    this.#files = new VaultFiles(dataFolder)
    this.#backups = new Backups({ folder: this.#files.backups, now })
    const derivation = launchKeyWorker ? new Derivation(launchKeyWorker) : null
    this.#derivation = derivation
    this.#record = new RecordFile(this.#files.record)
    this.#entrance = new Entrance({
      ...{ record: this.#record, triesElsewhere: this.#files.triesElsewhere, keychain, cost: passphraseCost, derivation },
      ...{ known, now, elapsed, onUnwrittenTries },
    })
    this.journeys = new Journeys({
      ...{ files: this.#files, migrations, launch: launchPorter, cost: passphraseCost },
      databases: () => this.#databases,
      ...{ entrance: this.#entrance, derivation },
    })
    this.upkeep = new KeyUpkeep({
      ...{ record: this.#record, files: this.#files, backups: this.#backups },
      ...{ keychain, derivation, known, now, onBug },
    })
    this.#idle = new IdleLock({
      now,
      alarm,
      busy: () => this.#guard.busy(),
      idle: () => inBackground(this.lock({ idle: true }), onBug),
    })
    this.#phase = new VaultPhase({
      ...{ record: this.#record, entrance: this.#entrance, backups: this.#backups, alarm },
      closing: this.#closing.signal,
    })
  }

  /** What pages seal passphrases for. */
  get publicKey(): string {
    return this.#entrance.publicKey
  }

  get state(): Watchable<VaultState> {
    return this.#phase.state
  }

  /** Looks at the files and finds the first phase; where there is no vault yet, asks whether the keychain works. */
  start(): Promise<void> {
    return this.#exclusively(() => this.#determine())
  }

  /** Names who builds on the open vault; to be called before it is opened. */
  guard(guard: VaultGuard): void {
    this.#guard = guard
  }

  /** @throws AppError locked */
  get main(): EncryptedDatabase {
    return this.#databases.get('main')
  }

  /** @throws AppError locked, workspace_damaged {damage}, vault_damaged {damage: key_missing, file} */
  workspace(id: string): EncryptedDatabase {
    return this.#databases.get(id)
  }

  /** Makes the encrypted file of a new workspace and its key; both are on the disk when this returns. @throws AppError locked, invalid_input, disk_full */
  createWorkspace(id: string): void {
    orDiskFull(() => this.#databases.create(id))
  }

  /** Whether there is a key for this workspace. @throws AppError locked */
  hasWorkspace(id: string): boolean {
    return this.#requireOpened().keys.has(id)
  }

  /** All that there are keys for. @throws AppError locked */
  get workspaceIds(): string[] {
    return Object.keys(this.#requireOpened().keys.record.keys).filter((name) => name !== 'main')
  }

  /** Bytes of a workspace on the disk. */
  workspaceBytes(id: string): number {
    return this.#files.size(id)
  }

  /** Closes a workspace's file, and opens it again, also one that was damaged. @throws AppError locked, workspace_damaged {damage} */
  setWorkspaceOpen(id: string, open: boolean): void {
    if (open) this.#databases.open(id)
    else this.#databases.closeOne(id)
  }

  /** Copies that can be put in the place of a workspace's file, newest first. */
  workspaceCopies(id: string): VaultBackup[] {
    return this.#backups.list(id)
  }

  /**
   * Brings the file of a damaged workspace to the newest shape before it is opened: of a big one that takes long. What that fails over is said by
   * opening it. @throws AppError locked; the signal's reason
   */
  takeSteps(id: string, signal: AbortSignal): Promise<void> {
    return this.#databases.takeSteps(id, signal)
  }

  /**
   * Puts a copy in the place of a damaged workspace's file, and that file aside.
   * @throws AppError locked, not_found, workspace_damaged {damage}, disk_full; the signal's reason
   */
  putBack(id: string, copyId: string, signal: AbortSignal = this.#closing.signal): Promise<void> {
    return this.upkeep.apart(() =>
      this.#databases.putBack(id, copyId, signal).catch((error: unknown) => {
        throw diskFull(error)
      }),
    )
  }

  /**
   * Destroys a workspace's key, then its file and its backups: no copy of its database helps any more. `forget` takes what the list says of
   * it out of a backup of the list. False when something of this is to be tried again.
   * @throws AppError locked, disk_full: then nothing has happened
   */
  eraseWorkspace(id: string, forget: (list: EncryptedDatabase) => void): boolean {
    return orDiskFull(() => this.#databases.erase(id, forget))
  }

  /** @throws AppError locked */
  get backups(): Opened['backups'] {
    return this.#requireOpened().backups
  }

  /**
   * Makes the whole vault out of a backup set, protected anew, and opens it. What was here is set aside.
   * @throws AppError vault_exists while it is open, backup_*, recovery_code_wrong {group}, wrong_passphrase, porter_died, weak_passphrase,
   *   keychain_unavailable {trouble}, not_found for a set without the list, disk_full
   */
  restoreBackup(place: { folder: string; sequence: number; key: BackupKey }, protection: Protection): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#opened) throw new AppError('vault_exists', 'An open vault is not replaced')
      const passphrase = place.key.kind === 'passphrase' ? place.key.passphrase : null
      const set = await openSet(place, {
        ...{ vault: null, ...this.#entrance.elsewhere },
        keyHere: ({ vaultId, wraps: [wrap] }) => this.#entrance.keyAtHand(vaultId, wrap, passphrase),
      })
      const keys = await restoreVault({
        ...{
          set,
          protection,
          files: this.#files,
          record: this.#record,
          signal: this.#closing.signal,
        },
        gateInto: (files) => this.journeys.gateInto(files),
        wrap: (...what) => this.#wrap(...what),
        makeWay: () => {
          if (this.state.value.phase !== 'new') this.#files.setAllAside(this.#now())
        },
      })
      this.#entrance.clear()
      await this.#open(keys)
    })
  }

  /** Makes a new vault and opens it. @throws AppError vault_exists, weak_passphrase, keychain_unavailable {trouble}, disk_full */
  create(protection: Protection): Promise<void> {
    return this.#exclusively(async () => {
      if (this.state.value.phase !== 'new') throw new AppError('vault_exists', 'There is a vault already')
      const vaultId = randomUUID()
      const vaultKey = randomKey()
      try {
        const wrap = await this.#wrap(vaultKey, vaultId, protection)
        const record = VaultKeys.newRecord(vaultId, vaultKey, wrap)
        VaultKeys.useNew(record, vaultKey, (key) => makeDatabase(this.#files, 'main', key, this.#migrations.main))
        this.#record.write(record)
        this.#files.finish('main')
        this.#entrance.clear()
        await this.#open(new VaultKeys({ file: this.#record, vaultKey }))
      } catch (error) {
        vaultKey.fill(0)
        throw error
      }
    })
  }

  /**
   * Opens the vault; nothing happens when it is open. The passphrase is ignored where the keychain has the key.
   * @throws AppError wrong_passphrase {triesLeft, retryAt}, too_many_tries {retryAt}, keychain_unavailable {trouble},
   *   vault_damaged {damage, file}, vault_from_future {file, version, known}, vault_read_only, not_found without a vault, disk_full; cancelled when it is
   *   locked while the keychain asks somebody
   */
  unlock(passphrase?: Words): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#opened) return
      const state = this.state.value
      if (state.phase === 'damaged')
        throw new AppError('vault_damaged', 'The vault is damaged', { damage: state.damage, file: state.file })
      const { record } = this.#record
      if (!record) throw new AppError('not_found', 'There is no vault yet')
      this.#files.requireWritable()
      const vaultKey = await this.#openWrap(record, passphrase)
      await this.#open(new VaultKeys({ file: this.#record, vaultKey }))
    })
  }

  /** Closes everything and forgets the keys; nothing happens when it is locked. What waits for the keychain meanwhile fails with `cancelled`. */
  lock({ idle = false }: { idle?: boolean } = {}): Promise<void> {
    const callBack = this.#keychain.callAway()
    return this.#mutex.run(async () => {
      callBack()
      if (!this.#opened) return
      try {
        await this.#shut()
      } finally {
        this.#phase.idleLocked = idle
        this.#phase.showLocked()
      }
    })
  }

  /**
   * Keeps the vault's key another way. `current` is the passphrase where there is one, and a wrong one counts as a wrong try. With
   * `reencrypt` there is a new vault's key, and every file is encrypted under a new one afterwards; otherwise the files are not touched.
   * @throws AppError locked, wrong_passphrase, too_many_tries, weak_passphrase, keychain_unavailable {trouble}, disk_full; busy when
   *   everything is being encrypted anew already
   */
  protect({ current, next, reencrypt = false }: { current?: Words; next: Protection; reencrypt?: boolean }): Promise<void> {
    return this.#exclusively(async () => {
      const { keys } = this.#requireOpened()
      const { vaultId, wraps } = keys.record
      const before = wraps[0]
      if (before.kind === 'passphrase') (await this.#openByPassphrase(before, vaultId, current)).fill(0)
      // The keychain's secret is the only one under this vault's id: writing another before the record knows could lose both.
      else if (next.kind === 'keychain') return
      if (reencrypt) {
        await this.upkeep.requireReencryption()
        const vaultKey = randomKey()
        const wrap = await this.#wrap(vaultKey, vaultId, next).catch((error: unknown) => {
          vaultKey.fill(0)
          throw error
        })
        keys.replaceAll(vaultKey, wrap)
      } else keys.replaceWrap(await this.#wrap(keys.vaultKey, vaultId, next))
      this.#phase.showOpen()
      await this.upkeep.changed(next.kind !== before.kind)
      // The record no longer needs it; a keychain that fails just now leaves a key that opens nothing.
      if (next.kind !== before.kind) await this.#entrance.forget(before, vaultId).catch(() => undefined)
      if (reencrypt) this.upkeep.start()
    })
  }

  /** Puts a backup in the damaged file's place, and that file aside. @throws AppError not_found, disk_full */
  restore(backupId: string): Promise<void> {
    return this.#exclusively(async () => {
      const state = this.state.value
      if (state.phase !== 'damaged' || state.file === null) throw new AppError('not_found', 'Nothing is damaged')
      const name = state.file.replace(/\.db$/, '')
      const copy = this.#files.rekeyed(this.#files.database(name))
      try {
        await this.#files.copyInto(this.#backups.find(name, backupId), copy)
        this.#files.putInPlace(name, copy, this.#now())
      } finally {
        this.#files.removeRekeyed(copy)
      }
      await this.#determine()
    })
  }

  /** Sets a vault that cannot be opened aside, whole, in a folder named after the time; deletes nothing. @throws AppError vault_exists while it is open */
  startOver(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#opened) throw new AppError('vault_exists', 'An open vault is not set aside')
      if (this.state.value.phase !== 'new') this.#files.setAllAside(this.#now())
      await this.#determine()
    })
  }

  /** Somebody is here: puts the idle lock off. */
  touch(): void {
    this.#idle.touch()
  }

  /** Minutes without a touch after which an open vault locks; 0 is never. */
  setIdleMinutes(minutes: number): void {
    this.#idle.minutes = minutes
  }

  /** The least score (0 to 4, as zxcvbn counts) that a new passphrase needs. */
  setLeastScore(score: number): void {
    this.#entrance.leastScore = score
  }

  /** Locks, and ends what watches. Nothing can be opened afterwards. */
  async close(): Promise<void> {
    this.#closing.abort(new AppError('disconnected', 'The vault is closed'))
    try {
      await this.lock()
    } finally {
      this.#entrance.rest()
      this.#phase.stopWaiting()
      this.state.end()
      this.upkeep.state.end()
    }
  }

  async #determine(): Promise<void> {
    this.#phase.idleLocked = false
    try {
      this.#record.read()
    } catch (error) {
      if (!this.#phase.showDamageOf(error)) throw error
      return
    } finally {
      this.#entrance.begin(this.#files.tries)
    }
    this.#files.settle(Object.keys(this.#record.record?.keys ?? {}))
    const damage = this.#record.record && this.#files.damage('main')
    if (damage) this.#phase.showDamaged(damage.damage, damage.file)
    else if (this.#record.record) this.#phase.showLocked()
    else if (this.#files.someDatabase) this.#phase.showDamaged('record_missing', 'vault.json')
    else {
      this.#phase.showNew(await this.#keychain.trouble())
    }
  }

  async #open(keys: VaultKeys): Promise<void> {
    try {
      this.#opened = await openFiles({
        ...{ keys, files: this.#files, backups: this.#backups, migrations: this.#migrations, damaged: this.damaged },
        ...{ derivation: this.#derivation, elsewhere: this.#entrance.elsewhere, journeys: this.journeys, upkeep: this.upkeep },
        ...{ now: this.#now, alarm: this.#alarm, signal: this.#keychain.away, onBug: this.#onBug },
        onMainDamage: (damage) => this.#onMainDamage(damage),
      })
    } catch (error) {
      keys.close()
      if (!this.#phase.showDamageOf(error)) this.#phase.showLocked()
      throw error
    }
    try {
      await this.upkeep.opened(keys, this.#databases)
      this.#keychain.away.throwIfAborted()
      await this.#guard.opened()
    } catch (error) {
      // What failed to open is what has to be said, not what then failed to close.
      await this.#shut().catch(() => undefined)
      if (!this.#phase.showDamageOf(error)) this.#phase.showLocked()
      throw error
    }
    this.#phase.showOpen()
    this.upkeep.start()
    this.#idle.start()
  }

  /** Closes top-down; a failure on the way does not keep the rest open, nor the keys in memory. */
  async #shut(): Promise<void> {
    this.#idle.stop()
    const { keys, databases } = this.#requireOpened()
    try {
      await this.upkeep.stopReencryption().catch(() => undefined)
      await this.#guard.closing()
    } finally {
      await this.upkeep.closing().catch(() => undefined)
      this.#opened = null
      this.damaged.set(new Map())
      keys.close()
      databases.close()
    }
  }

  /** Without `main` nothing goes on: the vault locks, and says why. */
  #onMainDamage(damage: AppError): void {
    this.#mutex
      .run(async () => {
        if (!this.#opened) return
        await this.#shut().catch(() => undefined)
        // A disk that failed may work again: then the next unlock does as well.
        if (damage.data?.['damage'] === 'disk_error' || !this.#phase.showDamageOf(damage)) this.#phase.showLocked()
      })
      .catch(this.#onBug)
  }

  async #openWrap({ wraps: [wrap], vaultId }: KeyRecord, passphrase: Words | undefined): Promise<Buffer> {
    if (wrap.kind === 'passphrase') return this.#openByPassphrase(wrap, vaultId, passphrase)
    const vaultKey = await this.#phase.noticing(() => this.#entrance.openByKeychain(wrap, vaultId))
    if (vaultKey) return vaultKey
    this.#phase.showDamaged('key_missing', null)
    throw new AppError('vault_damaged', 'The keychain does not have the key', { damage: 'key_missing', file: null })
  }

  async #openByPassphrase(
    wrap: Extract<Wrap, { kind: 'passphrase' }>,
    vaultId: string,
    passphrase: Words | undefined,
  ): Promise<Buffer> {
    try {
      return await this.#entrance.openByPassphrase(wrap, vaultId, passphrase)
    } finally {
      if (!this.#opened) this.#phase.showLocked()
    }
  }

  async #wrap(vaultKey: Buffer, vaultId: string, protection: Protection): Promise<Wrap> {
    return this.#phase.noticing(() => this.#entrance.wrap(vaultKey, vaultId, protection))
  }

  get #databases(): OpenDatabases {
    return this.#requireOpened().databases
  }

  #requireOpened(): Opened {
    if (!this.#opened) throw new AppError('locked', 'The vault is locked')
    return this.#opened
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      this.#closing.signal.throwIfAborted()
      try {
        return await work()
      } catch (error) {
        throw diskFull(error)
      }
    })
  }
}
