/** Attaches files to the open conversation; makes one where none is open yet, and goes there. */
import type { AppState } from '../../state/app.svelte.ts'

/** @param files from the page; without them the host opens the system's dialog. */
export async function attach(app: AppState, files?: readonly File[]): Promise<void> {
  const place = await app.chat.begin()
  if (!place) return
  if (app.route.detail !== place.conversationId) app.route.go('chat', place.conversationId)
  if (files) await app.attachments.send(place, files)
  else await app.attachments.pick(place)
}
