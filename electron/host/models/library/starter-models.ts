/** What is known of the starter models before anything is downloaded: one list, shared with the launcher. */
import { z } from 'zod'
import list from '../../../../resources/starter-models.json' with { type: 'json' }

const StarterModel = z.object({
  id: z.string(),
  name: z.string(),
  fileName: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  licence: z.string(),
})
export type StarterModel = z.infer<typeof StarterModel>

/** The starter models, pinned by SHA-256. */
export const starterModels: readonly StarterModel[] = z.object({ models: z.array(StarterModel) }).parse(list).models
