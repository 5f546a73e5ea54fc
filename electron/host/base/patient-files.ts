/**
 * Renaming and removing files that somebody else may be reading: a virus scanner or an indexer of Windows holds what has just been written,
 * and the system then refuses for a moment. It is tried again, for a second or five, before it fails. The names are Node's own.
 */
import * as files from 'node:fs'
import * as promises from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** What Windows says of a file, or of a folder with a file, that somebody holds. Elsewhere these words mean what they say, and waiting changes nothing. */
const heldCodes = new Set(['EBUSY', 'EPERM', 'EACCES', 'ENOTEMPTY'])
/** Milliseconds before each further try: 1.3 seconds in all for who stops the host meanwhile, 5 for who does not. */
const shortPausesMs = [10, 20, 40, 80, 160, 320, 640]
const longPausesMs = [...shortPausesMs, 1280, 2560]

/** What differs in tests. */
interface Patience<Wait> {
  platform?: string
  wait?: Wait
}

/** Does it again while the file is held. @throws whatever the last try threw */
export function patientlySync<T>(
  work: () => T,
  { platform = process.platform, wait = waitSync }: Patience<(ms: number) => void> = {},
): T {
  for (const pauseMs of shortPausesMs) {
    try {
      return work()
    } catch (error) {
      if (!isHeld(error, platform)) throw error
      wait(pauseMs)
    }
  }
  return work()
}

/** Does it again while the file is held. @throws whatever the last try threw */
export async function patiently<T>(
  work: () => Promise<T>,
  { platform = process.platform, wait = delay }: Patience<(ms: number) => Promise<unknown>> = {},
): Promise<T> {
  for (const pauseMs of longPausesMs) {
    try {
      return await work()
    } catch (error) {
      if (!isHeld(error, platform)) throw error
      await wait(pauseMs)
    }
  }
  return work()
}

export function renameSync(from: string, to: string): void {
  patientlySync(() => files.renameSync(from, to))
}

export function rmSync(path: string, options?: files.RmOptions): void {
  patientlySync(() => files.rmSync(path, options))
}

export function rename(from: string, to: string): Promise<void> {
  return patiently(() => promises.rename(from, to))
}

export function rm(path: string, options?: files.RmOptions): Promise<void> {
  return patiently(() => promises.rm(path, options))
}

function isHeld(error: unknown, platform: string): boolean {
  return platform === 'win32' && error instanceof Error && 'code' in error && heldCodes.has(String(error.code))
}

/** Nothing else runs meanwhile. */
function waitSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
