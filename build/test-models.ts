/** The real models that tests and measurements talk to, handed to them as paths in their environment. */
import { setGlobalProxyFromEnv } from 'node:http'
import { sharedModels } from './places.ts'
import type { Progress } from './progress.ts'
import { fetchModel, starterModel } from './starter-models.ts'

/**
 * ALAMBIC_STARTER_MODEL and ALAMBIC_TINY_MODEL, fetched if need be.
 * @throws ModelUnavailable when one cannot be had: without it the tests would prove less than they say.
 */
export async function modelEnvironment(cache: string, progress: Progress, signal: AbortSignal): Promise<Record<string, string>> {
  setGlobalProxyFromEnv(process.env)
  const shared = sharedModels()
  const places = { folders: shared === null ? [] : [shared], cache }
  return {
    ALAMBIC_TINY_MODEL: await fetchModel(starterModel('tiny'), places, progress, signal),
    ALAMBIC_STARTER_MODEL: await fetchModel(starterModel('starter'), places, progress, signal),
  }
}
