/** What no call says, told to the audit log while the vault is open: answers about the door, policies that came or went, and walls that are other ones. */
import type { SettingsArea } from './settings/settings-area.ts'
import type { AuditLog } from './audit/audit-log.ts'
import { inBackground } from './base/background.ts'
import type { Closer } from './base/closer.ts'
import { watchAny } from './base/watch-any.ts'
import type { WorkerWalls } from './base/worker-walls.ts'
import type { AppError } from '../../contract/errors.ts'
import type { NetworkPurpose } from '../../contract/network.ts'

const caller = { kind: 'process', id: '' } as const

interface AuditNotesOptions {
  log: Pick<AuditLog, 'note'>
  onBug: (error: unknown) => void
}

export class AuditNotes {
  readonly #log: Pick<AuditLog, 'note'>
  readonly #onBug: (error: unknown) => void

  constructor({ log, onBug }: AuditNotesOptions) {
    this.#log = log
    this.#onBug = onBug
  }

  /** Somebody, or a policy, has answered. */
  door({ purpose, host, port }: { purpose: NetworkPurpose; host: string; port: number }, refusal: AppError | null): void {
    this.#log.note({
      ...{ event: refusal ? 'door_refused' : 'door_allowed', caller, subject: null, failure: refusal?.code ?? null },
      door: { purpose, host, port },
    })
  }

  /** Notes what holds now, and each change: policies by the hash of all of them, walls worker by worker. */
  follow({ settings, walls, closer }: { settings: SettingsArea; walls: WorkerWalls; closer: Closer }): void {
    const stop = new AbortController()
    closer.add('audit notes', () => stop.abort())
    inBackground(this.#policies(settings, stop.signal), this.#onBug)
    inBackground(this.#walls(walls, stop.signal), this.#onBug)
  }

  async #policies(settings: SettingsArea, signal: AbortSignal): Promise<void> {
    let before: string | null = null
    for await (const _change of watchAny([settings.managed, settings.state], signal)) {
      const hash = settings.policiesHash
      if (hash !== before) this.#log.note({ event: 'policies_changed', caller, subject: hash, failure: null })
      before = hash
    }
  }

  async #walls(walls: WorkerWalls, signal: AbortSignal): Promise<void> {
    const before = new Map<string, string>()
    for await (const { workers } of walls.state.watch(signal)) {
      for (const { worker, walls: found } of workers) {
        const told = `${worker}:${found.network}:${found.files}:${found.processes}`
        if (before.get(worker) !== told) this.#log.note({ event: 'walls_changed', caller, subject: told, failure: null })
        before.set(worker, told)
      }
    }
  }
}
