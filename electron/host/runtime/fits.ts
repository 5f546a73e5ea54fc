/** Whether each model would run on this machine now: what it needs against what is free, before anything is fetched or loaded. */
import type { Fit } from '../../../contract/entities.ts'
import { allStudents, cacheBytesPerToken, sizeOf } from '../models/catalogue.ts'
import { estimateMemory } from '../models/memory-estimate.ts'
import type { Models } from '../models/models.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import type { Runtime } from './runtime.ts'

/** Above this part of what is free a model fits, but tightly: other programs will be pushed aside. */
const tightPart = 0.8

/** @param freeBytes free now and after what is in memory is unloaded */
export function fitOf(neededBytes: number, freeBytes: number): Fit {
  const verdict = neededBytes > freeBytes ? 'too_big' : neededBytes > freeBytes * tightPart ? 'tight' : 'fits'
  return { verdict, neededBytes: Math.round(neededBytes), freeBytes: Math.max(0, Math.round(freeBytes)) }
}

/** By model's id and by student's id, now and whenever a verdict or a figure that people see changes. */
export async function* watchFits(
  { models, runtime, settings }: { models: Models; runtime: Runtime; settings: SettingsArea },
  signal: AbortSignal,
): AsyncGenerator<Record<string, Fit>> {
  const headers = new Map<string, Awaited<ReturnType<Models['headerOf']>>>()
  let told = ''
  for await (const { memory, heldBytes } of runtime.watch(signal)) {
    const contextTokens = settings.values.contextTokens
    const freeBytes = memory.freeBytes + heldBytes
    const fits: Record<string, Fit> = {}
    for (const { id, trainedContextTokens } of models.state.value.models) {
      if (!headers.has(id)) headers.set(id, await models.headerOf(id))
      const header = headers.get(id)
      if (header) fits[id] = fitOf(estimateMemory(header, Math.min(contextTokens, trainedContextTokens)).totalBytes, freeBytes)
    }
    for (const student of allStudents()) {
      const context = Math.min(contextTokens, student.contextTokens ?? contextTokens)
      fits[student.id] = fitOf(sizeOf(student).bytes + context * cacheBytesPerToken(student.parameters), freeBytes)
    }
    // Tenths of a gigabyte are what people see; free memory flutters below that all the time.
    const seen = JSON.stringify(Object.entries(fits).map(([id, fit]) => [id, fit.verdict, Math.round(fit.freeBytes / 1e8)]))
    if (seen === told) continue
    told = seen
    yield fits
  }
}
