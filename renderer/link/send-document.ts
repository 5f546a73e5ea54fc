/** Sends a document over the link, part by part, for windows: there is no server there that it could be posted to. */
import type { Client } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'

/** What the host takes in one call. */
const partBytes = 1024 * 1024

/**
 * The next part goes when the host has taken the one before, so that a large file is never in memory.
 * @param report told the fraction that has gone, from 0 to 1
 * @throws AppError cancelled, disk_full, disconnected; file_unreadable when it is not there any more
 */
export async function sendDocument(
  client: Pick<Client, 'desktop'>,
  file: File,
  report: (fraction: number) => void,
  signal: AbortSignal,
): Promise<{ reference: string }> {
  let reference: string | null = null
  try {
    for (let from = 0, last = false; !last; from += partBytes) {
      const base64 = await base64Of(file.slice(from, from + partBytes))
      if (signal.aborted) throw new AppError('cancelled', 'The sending was stopped')
      last = from + partBytes >= file.size
      const taken: { reference: string } = await client.desktop.receive({ reference, name: file.name, base64, last })
      reference = taken.reference
      report(file.size === 0 ? 1 : Math.min(1, (from + partBytes) / file.size))
    }
  } catch (error) {
    // What is half sent goes; should the link be lost, the host removes it in its own time.
    if (reference !== null) await client.desktop.takeBack({ reference }).catch(() => undefined)
    throw error
  }
  if (reference === null) throw new AppError('internal', 'Nothing was sent')
  return { reference }
}

async function base64Of(part: Blob): Promise<string> {
  const bytes = new Uint8Array(
    await part.arrayBuffer().catch((error: unknown) => {
      throw new AppError('file_unreadable', 'The file changed or is gone', undefined, { cause: error })
    }),
  )
  let signs = ''
  // More arguments than this overflow the stack.
  for (let at = 0; at < bytes.length; at += 32_768) signs += String.fromCharCode(...bytes.subarray(at, at + 32_768))
  return btoa(signs)
}
