/** Kills of a vault: while its files are brought to a later shape, encrypted anew, and copied into backups. */
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { mainMigrations } from '../../../electron/host/vault/files/migrations/main/main-migrations.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import type { Vault } from '../../../electron/host/vault/vault.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'
import type { Chance } from '../chance.ts'
import { saidUnder, SpokenChild } from '../spoken-child.ts'
import { must, pause, type Trial } from './trial.ts'

const matters = ['matter-0', 'matter-1', 'matter-2', 'matter-3']

function write(vault: Vault, id: string, rows: number): void {
  const database = vault.workspace(id)
  const insert = database.prepare(
    'INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES (?, ?, ?, 1, 1)',
  )
  database.transaction(() => {
    for (let row = 0; row < rows; row++) insert.run(`${id}-${row}`, `NEEDLE ${'x'.repeat(2_000)}`, 'balanced')
  })
}

function rowsOf(vault: Vault, id: string, like: string): number {
  const counted = vault.workspace(id).prepare<{ rows: number }>('SELECT count(*) AS rows FROM conversations WHERE id LIKE ?')
  return counted.get(like)?.rows ?? 0
}

/** Every file is whole, and nothing of it is in clear. */
function mustBeWhole(room: VaultRoom, vault: Vault): void {
  must(vault.main.isWhole(), 'The list is not whole')
  for (const id of vault.workspaceIds) must(vault.workspace(id).isWhole(), `${id} is not whole`)
  for (const file of room.files()) must(!room.bytes(file).includes('NEEDLE'), `${file} has words in clear`)
}

/** Each round begins with the same files of an earlier version. */
export class Migrating implements Trial {
  readonly name = 'migrating'
  readonly #room = new VaultRoom()
  readonly #old = temporaryFolder()
  readonly #rows = 300

  async prepare(): Promise<void> {
    const migrations = { main: mainMigrations.slice(0, 8), workspace: workspaceMigrations.slice(0, 2) }
    const vault = await this.#room.opened({ migrations })
    for (const id of matters) {
      vault.createWorkspace(id)
      write(vault, id, this.#rows)
    }
    await vault.close()
    cpSync(this.#room.folder, this.#old, { recursive: true })
  }

  async round(chance: Chance): Promise<number> {
    for (const name of readdirSync(this.#room.folder)) rmSync(join(this.#room.folder, name), { recursive: true })
    cpSync(this.#old, this.#room.folder, { recursive: true })
    let said = 0
    // Killed in the middle, it goes on at the next start, and is killed there as well.
    const newest = new Map<string, number>()
    for (let kill = 0; kill < 2; kill++) {
      const child = new SpokenChild('migrate-child.ts', [this.#room.folder])
      await child.until(/^begun/)
      await pause(chance.below(kill === 0 ? 350 : 900))
      const lines = await child.kill()
      const own = new Map<string, number>()
      for (const row of saidUnder('row', lines)) {
        const [id = '', turn = '0'] = row.split(' ')
        own.set(id, Number(turn) + 1)
        said++
      }
      for (const [id, rows] of own) newest.set(id, Math.max(rows, newest.get(id) ?? 0))
      if (own.size > 0) break
    }
    const vault = await this.#room.vault()
    await vault.unlock(passphrase)
    must(vault.damaged.value.size === 0, `${[...vault.damaged.value.keys()].join(', ')} do not open`)
    mustBeWhole(this.#room, vault)
    for (const id of matters) {
      must(rowsOf(vault, id, `${id}-%`) === this.#rows, `${id} has lost rows of before`)
      must(rowsOf(vault, id, 'after-%') >= (newest.get(id) ?? 0), `${id} has lost rows that were acknowledged`)
    }
    await vault.close()
    return said
  }

  end(): Promise<void> {
    return Promise.resolve(this.#room.remove())
  }
}

export class Rekeying implements Trial {
  readonly name = 'rekeying'
  readonly #room = new VaultRoom()
  #current = passphrase
  #rows = 0

  async prepare(): Promise<void> {
    const vault = await this.#room.opened({ launchKeyWorker })
    vault.main.exec('CREATE TABLE acknowledged (number INTEGER PRIMARY KEY, text TEXT)')
    for (const id of matters) {
      vault.createWorkspace(id)
      write(vault, id, 400)
    }
    await vault.close()
  }

  async round(chance: Chance, round: number): Promise<number> {
    const words = ['reencrypt', this.#room.folder, this.#current, `phrase numéro ${round}`]
    const child = new SpokenChild('vault/crash-child.ts', words)
    await child.until(/^(begun|resumed)/)
    await pause(chance.below(2_000))
    const lines = await child.kill()
    const begun = saidUnder('begun', lines)[0]
    const isChanged = saidUnder('changed', lines).length > 0
    // Killed while it changed the record, it is the passphrase before or the one after.
    const candidates = begun === undefined ? [this.#current] : isChanged ? [begun] : [begun, this.#current]
    const vault = await this.#room.vault()
    this.#current = await unlockWithOneOf(vault, candidates)
    const rows = saidUnder('row', lines).map(Number)
    this.#rows = Math.max(this.#rows, ...rows)
    const { count } = vault.main.prepare<{ count: number }>('SELECT count(*) AS count FROM acknowledged').get() ?? { count: 0 }
    must(count >= this.#rows, `${this.#rows} rows were acknowledged and ${count} are there`)
    mustBeWhole(this.#room, vault)
    for (const id of matters) must(rowsOf(vault, id, '%') === 400, `${id} has lost rows`)
    await vault.close()
    return rows.length
  }

  async end(): Promise<void> {
    const vault = await this.#room.vault({ launchKeyWorker })
    await vault.unlock(this.#current)
    for await (const { reencryption } of vault.upkeep.state.watch(new AbortController().signal)) {
      if (reencryption === null) break
      must(reencryption.state !== 'stopped', `Encrypting anew stopped: ${reencryption.trouble ?? ''}`)
    }
    await vault.close()
    const left = this.#room.files().filter((file) => file.includes('rekey'))
    must(left.length === 0, `Left over: ${left.join(', ')}`)
    this.#room.remove()
  }
}

async function unlockWithOneOf(vault: Vault, candidates: readonly string[]): Promise<string> {
  for (const candidate of candidates) {
    try {
      await vault.unlock(candidate)
      return candidate
    } catch (error) {
      if (candidate === candidates.at(-1)) throw error
    }
  }
  throw new Error('There is no passphrase to try')
}

/** Each set that bears a number opens, and the newest that was acknowledged is among them. */
export class BackingUp implements Trial {
  readonly name = 'backing up'
  readonly #room = new VaultRoom()
  readonly #sets = join(this.#room.folder, 'backup-sets')
  #newest = 0

  async prepare(): Promise<void> {
    const vault = await this.#room.opened()
    for (const id of matters.slice(0, 2)) {
      vault.createWorkspace(id)
      write(vault, id, 1_000)
    }
    await vault.close()
  }

  async round(chance: Chance): Promise<number> {
    const child = new SpokenChild('vault/backup-child.ts', [this.#room.folder])
    await child.until(/^started/)
    if (chance.next() < 0.5) await child.until(/^made/)
    await pause(chance.below(500))
    const made = saidUnder('made', await child.kill()).map(Number)
    this.#newest = Math.max(this.#newest, ...made)
    const vault = await this.#room.vault()
    await vault.unlock(passphrase)
    mustBeWhole(this.#room, vault)
    const numbers = readdirSync(this.#sets).flatMap((name) => /^alambic-backup-(\d{6})$/.exec(name)?.[1] ?? [])
    must(this.#newest === 0 || numbers.map(Number).includes(this.#newest), `Backup ${this.#newest} was made and is not there`)
    // Older ones were looked at when they were new.
    for (const number of numbers.map(Number).slice(-2)) {
      const set = await vault.backups.open({ folder: this.#sets, sequence: number, key: { kind: 'vault' } })
      const names = set.files.map(({ name }) => name).sort()
      must(names.join() === ['main', ...matters.slice(0, 2)].join(), `Backup ${number} has ${names.join()}`)
    }
    await vault.close()
    return made.length
  }

  end(): Promise<void> {
    return Promise.resolve(this.#room.remove())
  }
}
