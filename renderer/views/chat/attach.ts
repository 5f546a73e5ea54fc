/** Attaches files to the open conversation; makes one where none is open yet, and goes there. */
import type { AppState } from '../../state/app.svelte.ts'
import type { HandedFiles } from '../../state/handed-files.ts'

/** @param handing files from the page; without them the host opens the system's dialog. */
export async function attach(app: AppState, handing?: HandedFiles | Promise<HandedFiles>): Promise<void> {
  const handed = await handing
  if (handed && handed.files.length + handed.refused.length === 0) return
  const from = app.route.address
  const place = await app.chat.begin()
  if (!place) return
  // Whoever has gone elsewhere meanwhile is not pulled back.
  if (app.route.address === from && app.route.detail !== place.conversationId) app.route.go('chat', place.conversationId)
  if (handed) await app.attachments.take(place, handed)
  else await app.attachments.pick(place)
}
