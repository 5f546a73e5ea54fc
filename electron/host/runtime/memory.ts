/** How much memory this machine has and could give now: the system's figure, within the limits of a container. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'

/** In bytes. `freeBytes` counts what the system can reclaim, such as cached files. */
export interface MemoryReading {
  totalBytes: number
  freeBytes: number
}

/**
 * The machine's memory with a card's own. Models go to the card first and fill it, so what the engine holds is reckoned to be there.
 * @param card as it was when it was tried, before the engine held anything; null where none is used
 */
export function withCard(
  memory: MemoryReading,
  card: MemoryReading | null,
  heldBytes: number,
): MemoryReading & { cardBytes: number } {
  return {
    totalBytes: memory.totalBytes + (card?.totalBytes ?? 0),
    freeBytes: memory.freeBytes + Math.max(0, (card?.freeBytes ?? 0) - heldBytes),
    cardBytes: card?.totalBytes ?? 0,
  }
}

/** Reads memory as it is now. On Linux `freemem()` of Node is MemAvailable; a cgroup's limit can be lower. */
export function readMemory(): MemoryReading {
  const limit = process.constrainedMemory()
  const totalBytes = limit > 0 ? Math.min(totalmem(), limit) : totalmem()
  const freeBytes = limit > 0 ? Math.min(freemem(), process.availableMemory()) : freemem()
  return { totalBytes, freeBytes: Math.min(freeBytes, totalBytes) }
}

/**
 * Threads for answers when the person chose none: physical cores less one, at least one, within what this process may use.
 * More threads than cores is ruinous (facts: 0.4 instead of 41 tokens/s with 4 threads on 2 cores).
 */
export function chooseThreads(): number {
  return Math.max(1, Math.min(physicalCores(), availableParallelism()) - 1)
}

/** Cores of the machine, each counted once however many threads it runs. */
export function physicalCores(): number {
  const logical = cpus().length || 1
  if (process.platform !== 'linux') return process.arch === 'arm64' ? logical : Math.ceil(logical / 2)
  try {
    const cores = new Set<string>()
    let socket = ''
    for (const line of readFileSync('/proc/cpuinfo', 'utf8').split('\n')) {
      const [key = '', value = ''] = line.split(':').map((part) => part.trim())
      if (key === 'physical id') socket = value
      if (key === 'core id') cores.add(`${socket}/${value}`)
    }
    return cores.size > 0 ? cores.size : logical
  } catch {
    return logical
  }
}
