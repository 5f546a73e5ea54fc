/** Whether each student would run on this machine now, and how fast: what it needs against what is free, and what was measured. */
import type { CatalogueStudent } from '../../../contract/catalogue.ts'
import type { Fit, Model } from '../../../contract/entities.ts'
import { cacheBytesPerToken, sizeOf } from '../models/catalogue/catalogue.ts'
import type { Catalogues } from '../models/catalogue/catalogues.ts'
import type { GgufHeader } from '../models/gguf/gguf-header.ts'
import type { Models } from '../models/models.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import { contextsOf, weightsOf, type Measured, type Measurements } from './measurements.ts'
import { contextsFor, marginBytes } from './memory-plan.ts'
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

/**
 * Whether a student fits, and with which context, as `planMemory` would load it.
 * @param neededBytes all that it takes with a context of so many tokens
 * @param contexts that would do, the wished one first
 * @param freeBytes free now and after what is in memory is unloaded
 */
export function fitOf(
  neededBytes: (contextTokens: number) => number,
  contexts: readonly number[],
  freeBytes: number,
): Pick<Fit, 'verdict' | 'neededBytes' | 'freeBytes' | 'contextTokens'> {
  const fitting = contexts.find((tokens) => neededBytes(tokens) + marginBytes <= freeBytes)
  const contextTokens = fitting ?? contexts.at(-1) ?? 0
  // What is refused is told with the margin that it lacks.
  const needed = neededBytes(contextTokens) + (fitting === undefined ? marginBytes : 0)
  const isTight = contextTokens !== contexts[0] || needed > freeBytes * tightPart
  return {
    verdict: fitting === undefined ? 'too_big' : isTight ? 'tight' : 'fits',
    ...{ neededBytes: Math.round(needed), freeBytes: Math.max(0, Math.round(freeBytes)), contextTokens },
  }
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

/** How long it takes until everything of a student is in memory, in milliseconds; null when a part of it was never measured. */
export function switchMsOf(parts: readonly (number | undefined)[]): number | null {
  return parts.reduce<number | null>((sum, ms) => (sum === null || ms === undefined ? null : sum + ms), 0)
}

function toldThreads({ threads }: Measured): Fit['threads'] {
  return threads ? { reading: threads.reading, writing: threads.writing, tried: threads.tried } : null
}

export interface WatchFitsOptions {
  models: Models
  runtime: Runtime
  settings: SettingsArea
  measurements: Measurements
  catalogues: Catalogues
  /** Models of which nothing is told: what is measured of them would tell who is at work. */
  hidden: () => ReadonlySet<string>
}

/** By student's id, of those that are here and those of the catalogue: now, and whenever a verdict or a figure that people see changes. */
export async function* watchFits(
  { models, runtime, settings, measurements, catalogues, hidden }: WatchFitsOptions,
  signal: AbortSignal,
): AsyncGenerator<Record<string, Fit>> {
  const headers = new Map<string, GgufHeader>()
  const headerOf = async (id: string): Promise<GgufHeader | null> => {
    const header = headers.get(id) ?? (await models.headerOf(id))
    if (header) headers.set(id, header)
    return header
  }
  let told = ''
  let before = ''
  for await (const { memory, heldBytes, warm, loading } of runtime.watch(signal)) {
    // How far a load has come changes no verdict, and is told many times a second.
    const now = JSON.stringify([Math.round((memory.freeBytes + heldBytes) / 1e8), warm.length, loading?.modelId])
    if (loading !== null && now === before) continue
    before = now
    const wished = settings.values.contextTokens
    const freeBytes = memory.freeBytes + heldBytes
    const fits: Record<string, Fit> = {}
    const loadMs = (id: string, { loadMs: ms }: Measured): number | undefined => (runtime.holds(id) ? 0 : ms)
    for (const model of models.state.value.models) {
      const { id, trainedContextTokens, adapter, sizeBytes, draftId } = model
      const header = await headerOf(id)
      if (!header || hidden().has(id)) continue
      const baseId = adapter?.baseId ?? id
      const [base, measured] = [measurements.get(baseId), measurements.get(id)]
      const draft = draftId === null || measurements.isDraftRefuted(id, draftId) ? null : await headerOf(draftId)
      const drafting = draft && draftId !== null ? { id: draftId, measured: measurements.get(draftId) } : null
      const weightsBytes = weightsOf(header, base) + (draft && drafting ? weightsOf(draft, drafting.measured) : 0)
      const parts = { header, adapterBytes: adapter ? sizeBytes : 0, draft }
      const needed = (tokens: number): number => weightsBytes + contextsOf(parts, tokens, measured)
      const tokensPerSecond = measured.tokensPerSecond ?? null
      fits[id] = {
        ...fitOf(needed, contextsFor(wished, trainedContextTokens), freeBytes),
        largestContextTokens: largestContext(needed, freeBytes, trainedContextTokens),
        corrected: base.weightsBytes !== undefined || measured.contextFactor !== undefined,
        promptTokensPerSecond: measured.promptTokensPerSecond ?? null,
        tokensPerSecond,
        switchMs: warm.some(({ modelId }) => modelId === id)
          ? null
          : switchMsOf([loadMs(baseId, base), drafting ? loadMs(drafting.id, drafting.measured) : 0, measured.openMs]),
        fasterId: adapter ? null : fasterOf(model, tokensPerSecond, catalogues.students),
        draft: measured.draft ?? null,
        threads: settings.values.threads === 0 ? toldThreads(base) : null,
      }
    }
    for (const student of catalogues.students) {
      const needed = (tokens: number): number => sizeOf(student).bytes + tokens * cacheBytesPerToken(student.parameters)
      const trained = student.contextTokens ?? wished
      fits[student.id] = {
        ...fitOf(needed, contextsFor(wished, trained), freeBytes),
        largestContextTokens: largestContext(needed, freeBytes, trained),
        corrected: false,
        promptTokensPerSecond: null,
        tokensPerSecond: null,
        switchMs: null,
        fasterId: null,
        draft: null,
        threads: null,
      }
    }
    // Tenths of a gigabyte are what people see; free memory flutters below that all the time, and the largest context with it.
    const seen = JSON.stringify(fits, (key, value: unknown) =>
      key === 'largestContextTokens' ? undefined : key.endsWith('Bytes') ? Math.round(Number(value) / 1e8) : value,
    )
    if (seen === told) continue
    told = seen
    yield fits
  }
}
