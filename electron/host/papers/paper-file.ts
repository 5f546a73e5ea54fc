/** How a paper lies in the folder that a person chose: under its title, beside what is there already, whole or not at all. */
import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { startInSigns } from '../../../contract/graphemes.ts'
import { oneLine } from '../../../contract/one-line.ts'
import { flushFolder } from '../base/atomic-file.ts'
import { rename, rm } from '../base/patient-files.ts'

/** Bytes of a name: file systems take 255, and it gets a number and an ending. */
const mostNameBytes = 160
/** Characters that some system does not take in a name, or takes for a path. */
const forbidden = /[<>:"/\\|?*]/g
/** Names that are devices on Windows, whatever they end with. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** The title as a file may be called, without an ending. */
export function paperName(title: string): string {
  let name = oneLine(title.normalize('NFC').replace(forbidden, ' ')).replace(/\s+/g, ' ')
  while (Buffer.byteLength(name) > mostNameBytes) name = startInSigns(name, name.length - 1)
  // Windows drops blanks and full stops at the end; at the beginning a full stop hides a file.
  name = name.replace(/^[.\s]+|[.\s]+$/g, '')
  return name === '' || device.test(name) ? `Alambic ${name}`.trim() : name
}

/**
 * Writes a new file; one that is there stays, and this one gets a number.
 * @returns its name
 * @throws what the system says; nothing of the file stays then
 */
export async function writeNewFile(
  folder: string,
  { name, ending, bytes, signal }: { name: string; ending: string; bytes: Uint8Array; signal: AbortSignal },
): Promise<string> {
  const file = await reserve(folder, name, ending)
  const path = join(folder, file)
  const beside = `${path}.${randomUUID()}.new`
  try {
    const handle = await open(beside, 'wx', 0o600)
    try {
      await handle.writeFile(bytes, { signal })
      await handle.sync()
    } finally {
      await handle.close()
    }
    signal.throwIfAborted()
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    await rm(path, { force: true })
    throw error
  }
  flushFolder(folder)
  return file
}

/** Makes an empty file of a name that was free, so that nobody else takes it meanwhile. */
async function reserve(folder: string, name: string, ending: string): Promise<string> {
  for (let turn = 1; ; turn++) {
    const file = `${name}${turn === 1 ? '' : `-${turn}`}.${ending}`
    try {
      await (await open(join(folder, file), 'wx', 0o600)).close()
      return file
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}
