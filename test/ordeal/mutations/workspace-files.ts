/**
 * Exported workspaces, changed: as they lie there, in the trailer, behind its passphrase, and in the pages of their database, which are sealed
 * anew so that SQLite and the gate meet the change and no seal does. Each is opened by a porter of its own, as every import is.
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTrailer, sealWorkspaceFile } from '../../../electron/host/vault/gate/workspace-file.ts'
import { deriveKey } from '../../../electron/host/vault/keys/passphrase.ts'
import { trailerMagic } from '../../../electron/porter/contract.ts'
import { launchPorter, temporaryFolder } from '../../fixtures/test-host.ts'
import { foreignKey, GateRoom, talk } from '../../fixtures/vault/gate-room.ts'
import { changePages } from '../../fixtures/vault/sealed-pages.ts'
import { cheapCost } from '../../fixtures/vault/vault-room.ts'
import type { Chance } from '../chance.ts'
import { mutatedBytes, mutatedText } from './mutated.ts'
import { taken, type Subject } from './subject.ts'

const passphrase = 'huit caractères'
const words = Buffer.from('The monthly rent is 840 euros.')
const hash = createHash('sha256').update(words).digest('hex')
const rows = `${talk}
  INSERT INTO contents (number, hash, size_bytes, stage, format, passages, splitting) VALUES (7, '${hash}', ${words.length}, 'indexed', 'text', 1, 3);
  INSERT INTO content_parts VALUES (7, 0, x'${words.toString('hex')}');
  INSERT INTO documents (id, name, content_number, size_bytes, added_at, changed_at) VALUES ('d', 'Lease', 7, ${words.length}, 0, 0);
  INSERT INTO questions (id, text, document_id, words) VALUES ('q', 'How much?', 'd', '[]')`

export class WorkspaceFiles implements Subject {
  readonly name = 'workspace'
  // A porter of its own for each case takes as long as dozens of the others.
  readonly share = 4
  readonly #data = temporaryFolder()
  readonly #room = new GateRoom(this.#data)
  readonly #onStart: () => void
  readonly #path = join(temporaryFolder(), 'changed.alambic')
  #database: string | null = null

  /** @param onStart told of every process that is started */
  constructor(onStart: () => void) {
    this.#onStart = onStart
  }

  async run(chance: Chance): Promise<string> {
    this.#database ??= this.#room.made((database) => database.exec(rows))
    const isBare = chance.next() < 0.5
    if (isBare) this.#changeRows(this.#database, chance)
    else await this.#changeFile(this.#database, chance)
    const gate = this.#room.gate(
      (folder) => {
        this.#onStart()
        return launchPorter(folder)
      },
      { silenceMs: 15_000 },
    )
    const arrival = { workspaceId: 'w', embedderId: null, signal: new AbortController().signal }
    let key: Buffer | null = null
    const outcome = await taken(async () => {
      const arrived = isBare
        ? await gate.takeInDatabase({ path: this.#path, key: foreignKey, origin: chance.oneOf(['own', 'stranger']) }, arrival)
        : await gate.takeInExported({ path: this.#path, passphrase: Buffer.from(passphrase) }, arrival)
      key = arrived.key
    })
    if (key === null) this.#room.expectNothing()
    else {
      const arrived = this.#room.open(this.#room.files.unfinished('w'), key)
      if (!arrived.isWhole()) throw new Error('What came in is not whole')
      this.#room.close()
      rmSync(this.#room.files.unfinished('w'), { force: true })
    }
    return outcome
  }

  close(): Promise<void> {
    return Promise.resolve(this.#room.close())
  }

  /** The database alone: one of its pages, or a column that holds what SQLite lets it hold. */
  #changeRows(database: string, chance: Chance): void {
    const file = readFileSync(database)
    const pages = Math.floor(file.length / 4096)
    const chosen = 1 + chance.below(pages)
    writeFileSync(
      this.#path,
      changePages(file, foreignKey, (content, page) => {
        if (page !== chosen) return
        const changed = mutatedBytes(content, chance)
        changed.copy(content, 0, 0, content.length)
      }),
    )
  }

  async #changeFile(database: string, chance: Chance): Promise<void> {
    copyFileSync(database, this.#path)
    if (chance.next() < 0.3) {
      const file = readFileSync(this.#path)
      const change = (content: Buffer): void => (chance.next() < 0.05 ? flip(content, chance) : undefined)
      writeFileSync(this.#path, changePages(file, foreignKey, change))
    }
    const facts = { name: 'Matter', instructions: '', strict: false }
    await sealWorkspaceFile(this.#path, { facts, key: foreignKey, passphrase, derive: deriveKey, cost: cheapCost })
    const kind = chance.below(3)
    if (kind === 0) writeFileSync(this.#path, mutatedBytes(readFileSync(this.#path), chance))
    else if (kind === 1) this.#replaceTrailer((trailer) => mutatedText(trailer, chance))
    else await this.#changeContents(chance)
  }

  /** What the passphrase opens, changed and put into its box again. */
  async #changeContents(chance: Chance): Promise<void> {
    const { databaseBytes } = readTrailer(this.#path)
    const sha256 = createHash('sha256').update(readFileSync(this.#path).subarray(0, databaseBytes)).digest('hex')
    const facts = { name: 'Matter', instructions: 'Be brief.', strict: false }
    const contents = { facts, key: foreignKey.toString('base64'), databaseBytes, sha256 }
    const salt = randomBytes(16)
    const wrapping = await deriveKey(passphrase, salt, cheapCost)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', wrapping, nonce).setAAD(Buffer.from(trailerMagic))
    const box = Buffer.concat([nonce, cipher.update(mutatedText(contents, chance)), cipher.final(), cipher.getAuthTag()])
    const trailer = {
      version: 1,
      algorithm: 'argon2id',
      cost: cheapCost,
      salt: salt.toString('base64'),
      box: box.toString('base64'),
    }
    this.#replaceTrailer(() => JSON.stringify(trailer))
  }

  #replaceTrailer(change: (trailer: unknown) => string): void {
    const { trailer, databaseBytes } = readTrailer(this.#path)
    const json = Buffer.from(change(JSON.parse(trailer)))
    const length = Buffer.alloc(4)
    length.writeUInt32LE(json.length)
    const database = readFileSync(this.#path).subarray(0, Math.min(databaseBytes, statSync(this.#path).size))
    writeFileSync(this.#path, Buffer.concat([database, json, length, Buffer.from(trailerMagic)]))
  }
}

function flip(content: Buffer, chance: Chance): void {
  const at = chance.below(content.length)
  content[at] = (content[at] ?? 0) ^ (1 << chance.below(8))
}
