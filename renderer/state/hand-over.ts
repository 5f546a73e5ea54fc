/** Brings one file of the page into a workspace or a conversation: sends it, adds it, and leaves nothing of one that is not added. */
import type { Client } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import type { RefusedFile } from './handed-files.ts'
import type { Sending, SendFile } from './models.svelte.ts'

/** @returns why it was refused; null when it was added or given up */
export async function handOver(
  { client, sendFile }: { client: Client; sendFile: SendFile },
  place: { workspaceId: string; conversationId: string | null },
  file: File,
  sending: Sending,
): Promise<RefusedFile | null> {
  let reference: string | null = null
  try {
    const report = (fraction: number): void => sending.report(fraction * file.size)
    // One that was given up while it waited for its turn is not begun.
    sending.signal.throwIfAborted()
    const sent = await sendFile(file, report, sending.signal, 'document')
    reference = sent.reference
    await client.documents.add({ ...place, references: [reference] })
    return null
  } catch (error) {
    if (sending.signal.aborted) return null
    if (!(error instanceof AppError)) throw error
    if (reference !== null) await client.desktop.takeBack({ reference }).catch(() => undefined)
    return error.code === 'cancelled' ? null : { name: file.name, trouble: error, file }
  }
}
