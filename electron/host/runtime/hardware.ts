/**
 * What this machine computes on. Each backend is tried in a process of its own, with a deadline, on a small model whose answer is
 * known: one that starts and computes wrongly is as useless as one that crashes. What crashed or hung is remembered by driver and
 * build, and left alone until either changes or somebody asks. The processor always works.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { BackendReport, type Backend, type BackendOutcome, type HardwareState } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { connect } from '../../../contract/link.ts'
import { rmSync } from '../base/patient-files.ts'
import { engineContract, type ProbeReport } from '../../engine/contract.ts'
import { inBackground } from '../base/background.ts'
import { Watchable } from '../base/watchable.ts'
import { components } from '../components.ts'
import { admitOwn, refuseOther } from '../models/library/engine-gate.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'
import type { WorkerProcess } from '../base/worker-process.ts'
import type { EngineFiles } from './fork-engine.ts'
import { processorName, readDrivers, readPower, readSwap } from './machine-facts.ts'
import { physicalCores, type MemoryReading } from './memory.ts'
import probe from '../../../resources/probe.json' with { type: 'json' }

/** A backend that says nothing for so long hangs: the first start of a driver can take ten seconds. */
const usualDeadlineMs = 45_000
/** Logits run from about −3 to 3; half precision moves them by hundredths. */
const mostError = 0.15
const probePrefix = 'probe-'
/** While somebody looks, power and swap are read again this often, in milliseconds. */
const factsMs = 15_000

/** What may be there on a system, the best first. The processor comes last and always works. */
function candidates(platform: NodeJS.Platform): Backend[] {
  return platform === 'darwin' ? ['metal', 'cpu'] : ['cuda', 'vulkan', 'cpu']
}

export interface HardwareOptions {
  database: EncryptedDatabase
  settings: SettingsArea
  /** Starts an engine that is only tried. */
  launch: (opens: EngineFiles) => WorkerProcess
  /** Where the small model may lie while it is used. */
  folder: string
  now: () => number
  deadlineMs?: number
  drivers?: () => Promise<string>
  /** Told of what fails while it tries by itself. */
  onBug: (error: unknown) => void
}

export class Hardware {
  readonly #options: HardwareOptions
  readonly #state: Watchable<HardwareState>
  #trying: Promise<void> | null = null
  #process: WorkerProcess | null = null
  readonly #closing = new AbortController()

  constructor(options: HardwareOptions) {
    this.#options = options
    this.#state = new Watchable<HardwareState>({
      processor: { name: processorName(), cores: physicalCores(), instructionSets: [] },
      swap: readSwap(),
      power: null,
      backends: [],
      chosen: 'cpu',
      trying: null,
    })
  }

  /** Tries in the background what is not known yet. */
  open(): void {
    this.#sweep()
    inBackground(this.#tryAll(false), this.#options.onBug)
    inBackground(this.#followSetting(), this.#options.onBug)
  }

  /** What a kill in the middle of a trial left behind. */
  #sweep(): void {
    const { folder } = this.#options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) if (name.startsWith(probePrefix)) rmSync(join(folder, name), { force: true })
  }

  close(): void {
    this.#closing.abort()
    this.#process?.kill()
    this.#state.end(new AppError('locked', 'The vault is locked'))
  }

  get chosen(): Backend {
    // A setting or policy that was changed a moment ago counts already.
    return this.#choose(this.#state.value)
  }

  /** The chosen backend's own memory, as it was when that was tried; null where it has none. */
  get card(): MemoryReading | null {
    const { backends, chosen } = this.#state.value
    const report = backends.find(({ backend }) => backend === chosen)
    return report && report.totalBytes > 0 ? { totalBytes: report.totalBytes, freeBytes: report.freeBytes } : null
  }

  /** The state, with power and swap kept fresh while it is watched. */
  async *watch(signal: AbortSignal): AsyncGenerator<HardwareState> {
    const refresh = async (): Promise<void> => this.#set({ swap: readSwap(), power: await readPower() })
    const refreshAlone = (): void => inBackground(refresh(), this.#options.onBug)
    refreshAlone()
    const timer = setInterval(refreshAlone, factsMs)
    try {
      yield* this.#state.watch(signal)
    } finally {
      clearInterval(timer)
    }
  }

  /** Tries every backend, also those that crashed before. Ends when all were tried. */
  async tryAgain(): Promise<void> {
    await this.#trying
    await this.#tryAll(true)
  }

  #tryAll(anew: boolean): Promise<void> {
    this.#trying ??= this.#try(anew).finally(() => (this.#trying = null))
    return this.#trying
  }

  async #try(anew: boolean): Promise<void> {
    const { drivers = readDrivers } = this.#options
    const driver = await drivers()
    const build = components.find(({ name }) => name === 'node-llama-cpp')?.version ?? ''
    const triedWith = JSON.stringify([driver, build, process.arch])
    for (const backend of candidates(process.platform)) {
      if (this.#closing.signal.aborted) return
      const known = anew ? null : this.#known(backend, triedWith)
      if (known) this.#report(known.report, known.instructionSets)
      else {
        this.#set({ trying: backend })
        const { report, instructionSets } = await this.#probe(backend, driver)
        if (this.#closing.signal.aborted) return
        this.#keep(report, triedWith, instructionSets)
        this.#report(report, instructionSets)
      }
    }
    this.#set({ trying: null })
  }

  async #probe(backend: Backend, driver: string): Promise<{ report: BackendReport; instructionSets: string[] }> {
    const { launch, folder, now, deadlineMs = usualDeadlineMs } = this.#options
    const report = (outcome: BackendOutcome, detail: string, found?: ProbeReport): BackendReport => ({
      backend,
      outcome,
      devices: found?.devices ?? [],
      totalBytes: found?.totalBytes ?? 0,
      freeBytes: found?.freeBytes ?? 0,
      driver: backend === 'cpu' ? '' : driver,
      detail,
      triedAt: now(),
    })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, `${probePrefix}${randomUUID()}.gguf`)
    const bytes = Buffer.from(probe.model, 'base64')
    writeFileSync(path, bytes, { mode: 0o600 })
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const engine = launch({ reads: [folder], writes: [] })
    this.#process = engine
    let timer: ReturnType<typeof setTimeout> | undefined
    const ended = new Promise<'crashed' | 'hung'>((resolve) => {
      engine.onExit(() => resolve('crashed'))
      timer = setTimeout(() => resolve('hung'), deadlineMs)
    })
    try {
      const file = await admitOwn(path, 'probe', sha256, this.#closing.signal)
      const { engine: client } = connect(engine.port, engineContract)
      const found = await Promise.race([client.probe({ backend, path: file.path }), ended])
      if (typeof found !== 'string') refuseOther(file, found.file)
      else return { report: report(found, engine.stderrTail().slice(-300)), instructionSets: [] }
      const worst = Math.max(...probe.logits.map((value, token) => Math.abs(value - (found.logits[token] ?? Infinity))))
      const isRight = found.logits.length === probe.logits.length && worst <= mostError
      const detail = isRight ? '' : `largest error ${worst.toFixed(2)}`
      return { report: report(isRight ? 'works' : 'wrong', detail, found), instructionSets: found.instructionSets }
    } catch (error) {
      const { reason, detail } = error instanceof AppError ? (error.data ?? {}) : {}
      // A line that breaks without a word is a process that died; it may be heard of a moment later.
      const outcome =
        reason === 'not_installed' || reason === 'no_device'
          ? reason
          : error instanceof AppError && error.code === 'disconnected'
            ? 'crashed'
            : 'failed'
      return { report: report(outcome, typeof detail === 'string' ? detail : ''), instructionSets: [] }
    } finally {
      clearTimeout(timer)
      engine.kill()
      this.#process = null
      rmSync(path, { force: true })
    }
  }

  #known(backend: Backend, triedWith: string): { report: BackendReport; instructionSets: string[] } | null {
    const row = this.#options.database
      .prepare<{ tried_with: string; report: string }>('SELECT tried_with, report FROM backends WHERE backend = ?')
      .get(backend)
    if (row?.tried_with !== triedWith) return null
    const { instructionSets, ...report } = JSON.parse(row.report) as BackendReport & { instructionSets: string[] }
    const parsed = BackendReport.safeParse(report)
    return parsed.success ? { report: parsed.data, instructionSets } : null
  }

  #keep(report: BackendReport, triedWith: string, instructionSets: string[]): void {
    this.#options.database
      .prepare('INSERT OR REPLACE INTO backends (backend, tried_with, report) VALUES (?, ?, ?)')
      .run(report.backend, triedWith, JSON.stringify({ ...report, instructionSets }))
  }

  #report(report: BackendReport, instructionSets: string[]): void {
    const { backends, processor } = this.#state.value
    const all = [...backends.filter(({ backend }) => backend !== report.backend), report]
    const order = candidates(process.platform)
    all.sort((one, other) => order.indexOf(one.backend) - order.indexOf(other.backend))
    const isProcessor = report.backend === 'cpu' && instructionSets.length > 0
    this.#set({ backends: all, ...(isProcessor ? { processor: { ...processor, instructionSets } } : {}) })
  }

  async #followSetting(): Promise<void> {
    for await (const _values of this.#options.settings.state.watch(this.#closing.signal)) this.#set({})
  }

  #set(change: Partial<HardwareState>): void {
    if (this.#closing.signal.aborted) return
    const next = { ...this.#state.value, ...change }
    this.#state.set({ ...next, chosen: this.#choose(next) })
  }

  /** What was wished, if it works; else the best that works; else the processor, which needs no proof. */
  #choose({ backends }: HardwareState): Backend {
    const wish = this.#options.settings.values.backend
    const works = backends.filter(({ outcome }) => outcome === 'works').map(({ backend }) => backend)
    if (wish !== 'auto') return works.includes(wish) ? wish : 'cpu'
    return works[0] ?? 'cpu'
  }
}
