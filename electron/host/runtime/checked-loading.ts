/** Loading in the engine, with a look afterwards at which files it read: one that is not the checked one is taken out again and never answers. */
import type { Backend } from '../../../contract/entities.ts'
import type { EngineClient } from '../../engine/contract.ts'
import { refuseOther, type CheckedFile } from '../models/library/engine-gate.ts'
import type { EngineKeeper } from './engine-worker.ts'

type Opening = Omit<Parameters<EngineClient['engine']['open']>[0], 'adapterPath'>

/** Loads a model's weights. @param signal ends it @throws AppError model_changed {name}, cancelled, and what the engine says */
export async function* loadModel(
  keeper: EngineKeeper,
  file: CheckedFile,
  { signal, ...how }: { threads: number; backend: Backend; signal?: AbortSignal | null },
) {
  const { modelId, path } = file
  for await (const item of keeper.stream((client) => client.engine.load({ modelId, path, ...how }, signal ? { signal } : {}))) {
    if (item.type === 'loaded') {
      try {
        refuseOther(file, item.file)
      } catch (error) {
        await keeper.call((client) => client.engine.unload({ modelId }))
        throw error
      }
    }
    yield item
  }
}

/** Gives a student its context. @throws AppError model_changed {name}, and what the engine says */
export async function openStudent(keeper: EngineKeeper, adapter: CheckedFile | null, opening: Opening) {
  const opened = await keeper.call((client) => client.engine.open({ ...opening, adapterPath: adapter?.path ?? null }))
  try {
    if (adapter) refuseOther(adapter, opened.adapterFile)
  } catch (error) {
    await keeper.call((client) => client.engine.close({ studentId: opening.studentId }))
    throw error
  }
  return opened
}
