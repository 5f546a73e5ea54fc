/** The embedder that comes with the application: one list, shared with the launcher, of files pinned by SHA-256. */
import { z } from 'zod'
import list from '../../../../resources/embedders.json' with { type: 'json' }

/** One that the application brings along, or (`shipped: false`) that only tests use. */
const PinnedEmbedder = z.object({
  id: z.string(),
  name: z.string(),
  fileName: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  licence: z.string(),
  shipped: z.boolean(),
})
type PinnedEmbedder = z.infer<typeof PinnedEmbedder>

/** Those that are installed without a question. */
export const shippedEmbedders: readonly PinnedEmbedder[] = z
  .object({ embedders: z.array(PinnedEmbedder) })
  .parse(list)
  .embedders.filter(({ shipped }) => shipped)

/** Whether a file is one that came with the application. @param sha256 of the file */
export function isShipped(sha256: string): boolean {
  return shippedEmbedders.some((embedder) => embedder.sha256 === sha256)
}
