/** How much memory this machine has and could give now, the system's figure within the limits of a container, and how many cores. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, freemem, totalmem, type CpuInfo } from 'node:os'

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
 * Threads for answers until they were tried, when the person chose none: one core is left to the page and to other programs. On two quiet
 * cores one thread does half the work of two (86 and 52 tokens/s read, 25 and 18 written), which the trial finds out; on busy ones two
 * threads that wait for each other are ruinous (facts: 0.4 instead of 41 tokens/s with 4 threads on 2 cores).
 */
export function chooseThreads({ logical, physical }: Cores = usableCores()): number {
  return Math.max(1, Math.min(physical, logical) - 1)
}

/** `logical` counts what runs at once within what this process may use, `physical` each core of the machine once. */
export interface Cores {
  logical: number
  physical: number
}

/** The cores as they are now. */
export function usableCores(): Cores {
  return { logical: availableParallelism(), physical: physicalCores() }
}

/** How many cores had nothing to do between two looks at them, in parts of a core. */
export function quietCores(before: readonly CpuInfo[], after: readonly CpuInfo[]): number {
  return after.reduce((quiet, { times }, index) => {
    const earlier = before[index]?.times
    if (!earlier) return quiet
    const passed = (Object.keys(times) as (keyof typeof times)[]).reduce((sum, key) => sum + times[key] - earlier[key], 0)
    return passed > 0 ? quiet + (times.idle - earlier.idle) / passed : quiet
  }, 0)
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
