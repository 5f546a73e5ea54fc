/** The real models that tests and measurements talk to, handed to them as paths in their environment. */
import { setGlobalProxyFromEnv } from 'node:http'
import { join } from 'node:path'
import { fetchEmbedder, pinnedEmbedder } from './embedders.ts'
import { sharedModels } from './places.ts'
import type { Progress } from './progress.ts'
import { fetchModel, starterModel } from './starter-models.ts'

/**
 * ALAMBIC_STARTER_MODEL, ALAMBIC_TINY_MODEL, ALAMBIC_EMBEDDER and ALAMBIC_QUICK_EMBEDDER, fetched if need be.
 * @throws ModelUnavailable when one cannot be had: without it the tests would prove less than they say.
 */
export async function modelEnvironment(cache: string, progress: Progress, signal: AbortSignal): Promise<Record<string, string>> {
  setGlobalProxyFromEnv(process.env)
  const shared = sharedModels()
  const places = { folders: shared === null ? [] : [shared], cache }
  const embedderPlaces = { folders: shared === null ? [] : [join(shared, 'embedders')], cache }
  return {
    ALAMBIC_TINY_MODEL: await fetchModel(starterModel('tiny'), places, progress, signal),
    ALAMBIC_STARTER_MODEL: await fetchModel(starterModel('starter'), places, progress, signal),
    ALAMBIC_EMBEDDER: await fetchEmbedder(pinnedEmbedder('embedder'), embedderPlaces, progress, signal),
    ALAMBIC_QUICK_EMBEDDER: await fetchEmbedder(pinnedEmbedder('quick'), embedderPlaces, progress, signal),
  }
}
