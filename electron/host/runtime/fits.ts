/** Whether each student would run on this machine now, and how fast: what it needs against what is free, and what was measured. */
import type { CatalogueStudent, Fit, Model } from '../../../contract/entities.ts'
import { cacheBytesPerToken, sizeOf } from '../models/catalogue.ts'
import type { Catalogues } from '../models/catalogues.ts'
import type { Models } from '../models/models.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import { memoryOf, type Measurements } from './measurements.ts'
import { marginBytes } from './memory-plan.ts'
import type { Runtime } from './runtime.ts'

/** Above this part of what is free a model fits, but tightly: other programs will be pushed aside. */
const tightPart = 0.8
/** Contexts are told in steps of so many tokens. */
const contextStep = 256
/** Who writes faster than this is not told of something faster: people read at about five tokens a second, and skim at fifteen. */
const fastEnough = 15
/** Reads twice as fast as the others of four bits on a processor: 37 against 18 tokens a second at 1B (Q4_K_M, two threads). */
const fastest = 'Q4_0'
/** Twice the bits and more, all of which are read for every token. */
const heavy = new Set(['Q8_0', 'F16', 'BF16', 'F32'])

/** @param freeBytes free now and after what is in memory is unloaded */
export function fitOf(neededBytes: number, freeBytes: number): Pick<Fit, 'verdict' | 'neededBytes' | 'freeBytes'> {
  const verdict = neededBytes > freeBytes ? 'too_big' : neededBytes > freeBytes * tightPart ? 'tight' : 'fits'
  return { verdict, neededBytes: Math.round(neededBytes), freeBytes: Math.max(0, Math.round(freeBytes)) }
}

/** The largest context, in tokens, with which `neededBytes` stays below what is free; 0 when none does. */
export function largestContext(neededBytes: (tokens: number) => number, freeBytes: number, mostTokens: number): number {
  let [fits, fitsNot] = [0, Math.floor(mostTokens / contextStep) + 1]
  while (fitsNot - fits > 1) {
    const middle = (fits + fitsNot) >> 1
    if (neededBytes(middle * contextStep) + marginBytes <= freeBytes) fits = middle
    else fitsNot = middle
  }
  return fits * contextStep
}

/** The same model in the catalogue, in a quantisation that is read faster; null when this one is fast enough. */
export function fasterOf(
  model: Pick<Model, 'name' | 'quantisation'>,
  tokensPerSecond: number | null,
  students: readonly CatalogueStudent[],
): string | null {
  if (tokensPerSecond === null || tokensPerSecond >= fastEnough) return null
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const same = students.filter(({ name, file }) => plain(name) === plain(model.name) && file?.sha256 != null)
  const better =
    same.find(({ quantisation }) => quantisation === fastest && model.quantisation !== fastest) ??
    same.find(({ quantisation }) => heavy.has(model.quantisation) && !heavy.has(quantisation))
  return better?.id ?? null
}

/** By student's id, of those that are here and those of the catalogue: now, and whenever a verdict or a figure that people see changes. */
export async function* watchFits(
  {
    models,
    runtime,
    settings,
    measurements,
    catalogues,
  }: { models: Models; runtime: Runtime; settings: SettingsArea; measurements: Measurements; catalogues: Catalogues },
  signal: AbortSignal,
): AsyncGenerator<Record<string, Fit>> {
  const headers = new Map<string, Awaited<ReturnType<Models['headerOf']>>>()
  let told = ''
  for await (const { memory, heldBytes } of runtime.watch(signal)) {
    const wished = settings.values.contextTokens
    const freeBytes = memory.freeBytes + heldBytes
    const fits: Record<string, Fit> = {}
    for (const model of models.state.value.models) {
      const { id, trainedContextTokens, adapter, sizeBytes } = model
      if (!headers.has(id)) headers.set(id, await models.headerOf(id))
      const header = headers.get(id)
      if (!header) continue
      const measured = { base: measurements.get(adapter?.baseId ?? id), student: measurements.get(id) }
      const needed = (tokens: number): number => memoryOf(header, tokens, { ...measured, adapterBytes: adapter ? sizeBytes : 0 })
      const contextTokens = Math.min(wished, trainedContextTokens)
      const tokensPerSecond = measured.student.tokensPerSecond ?? null
      fits[id] = {
        ...fitOf(needed(contextTokens), freeBytes),
        contextTokens,
        largestContextTokens: largestContext(needed, freeBytes, trainedContextTokens),
        corrected: measured.base.weightsBytes !== undefined || measured.student.contextFactor !== undefined,
        promptTokensPerSecond: measured.student.promptTokensPerSecond ?? null,
        tokensPerSecond,
        fasterId: adapter ? null : fasterOf(model, tokensPerSecond, catalogues.students),
        draft: measured.student.draft ?? null,
      }
    }
    for (const student of catalogues.students) {
      const contextTokens = Math.min(wished, student.contextTokens ?? wished)
      const needed = (tokens: number): number => sizeOf(student).bytes + tokens * cacheBytesPerToken(student.parameters)
      fits[student.id] = {
        ...fitOf(needed(contextTokens), freeBytes),
        contextTokens,
        largestContextTokens: largestContext(needed, freeBytes, student.contextTokens ?? wished),
        corrected: false,
        promptTokensPerSecond: null,
        tokensPerSecond: null,
        fasterId: null,
        draft: null,
      }
    }
    // Tenths of a gigabyte are what people see; free memory flutters below that all the time.
    const seen = JSON.stringify(
      Object.entries(fits).map(([id, { verdict, freeBytes: free, tokensPerSecond, corrected, draft }]) => [
        ...[id, verdict, Math.round(free / 1e8), tokensPerSecond, corrected, draft],
      ]),
    )
    if (seen === told) continue
    told = seen
    yield fits
  }
}
