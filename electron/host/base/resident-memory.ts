/** What another process takes of memory, as its system says: for whoever keeps one that may be in a loop and cannot say it itself. */
import { readFileSync } from 'node:fs'

/** Bytes of memory that a process takes, on Linux; 0 where the system has no such file, or no such process. */
export function residentMemory(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'latin1'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}
