/** Kills while a model is downloaded from a hub that goes on living: what was settled is not fetched again, and in the end the file is the right one. */
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubServer } from '../../fixtures/hub-server.ts'
import { makeCertificates } from '../../fixtures/test-certificates.ts'
import { temporaryFolder, testModels } from '../../fixtures/test-host.ts'
import type { Chance } from '../chance.ts'
import { saidUnder, SpokenChild } from '../spoken-child.ts'
import { must, pause, type Trial } from './trial.ts'

/** Bytes that a kill may cost: the part that was being written, and one that was being flushed. */
const lostBytes = 2 * 33_554_432 + 1_048_576

export class Downloading implements Trial {
  readonly name = 'downloading'
  readonly #scratch = temporaryFolder()
  readonly #body = readFileSync(testModels().slow.path)
  readonly #sha256 = createHash('sha256').update(this.#body).digest('hex')
  #data = temporaryFolder()
  #hub: HubServer | null = null
  #doneBytes = 0
  #times = 0

  async prepare(): Promise<void> {
    const { authority, identity } = makeCertificates()
    writeFileSync(join(this.#scratch, 'authority.pem'), authority)
    this.#hub = await HubServer.start(this.#body, identity)
  }

  async round(chance: Chance): Promise<number> {
    const child = this.#start()
    await child.until(/^begun/)
    const first = await child.until(/^(at|done)/)
    must(this.#doneBytes - bytesOf(first) <= lostBytes, `${this.#doneBytes} bytes were there, and after a kill ${bytesOf(first)}`)
    await pause(chance.below(500))
    const lines = await child.kill()
    const told = saidUnder('at', lines)
    must(!told.some((line) => line.startsWith('failed')), `The download failed: ${told.at(-1) ?? ''}`)
    this.#doneBytes = Math.max(0, ...told.map((line) => bytesOf(`at ${line}`)))
    if (lines.includes('done')) await this.#again()
    return told.length
  }

  async end(): Promise<void> {
    const child = this.#start()
    await child.until(/^done/)
    await child.kill()
    this.#look()
    await this.#hub?.close()
  }

  #start(): SpokenChild {
    const { address } = this.#hub ?? { address: '' }
    const words = [this.#data, join(this.#scratch, `keychain-${this.#times}.json`), address, join(this.#scratch, 'authority.pem')]
    return new SpokenChild('killed-download-child.ts', [...words, String(this.#body.length), this.#sha256])
  }

  /** It is whole: the next one begins from nothing. */
  async #again(): Promise<void> {
    this.#look()
    rmSync(this.#data, { recursive: true })
    this.#data = temporaryFolder()
    this.#times++
    this.#doneBytes = 0
    await Promise.resolve()
  }

  #look(): void {
    const bytes = readFileSync(join(this.#data, 'models', 'counter.gguf'))
    must(createHash('sha256').update(bytes).digest('hex') === this.#sha256, 'The model has other bytes')
  }
}

function bytesOf(line: string): number {
  return line === 'done' ? Infinity : Number(line.split(' ')[2])
}
