/** What the keeper of workers must know of the engine. */
import { engineContract } from '../../engine/contract.ts'
import type { WorkerKeeper, WorkerKind, WorkerLimits } from '../base/worker-keeper.ts'

/** Keeps an engine's process. */
export type EngineKeeper = WorkerKeeper<typeof engineContract>

export const engineWorker: WorkerKind<typeof engineContract> = {
  contract: engineContract,
  pulse: (client) => client.engine.pulse({}),
  died: 'engine_died',
  hung: 'engine_hung',
}

/** It beats once a second; the slowest batch of 256 tokens seen took 25 s. */
export const engineLimits: WorkerLimits = { pulseMs: 15_000, progressMs: 180_000 }
