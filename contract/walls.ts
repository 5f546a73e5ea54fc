/** What holds the processes that read other people's files and compute: the words for it, of the host and of the page. */
import { z } from 'zod'

/**
 * What holds a worker: `kernel` the operating system, whatever code runs in it; `runtime` its closed doors alone, which hold JavaScript;
 * `none` nothing.
 */
export const Wall = z.enum(['kernel', 'runtime', 'none'])
export type Wall = z.infer<typeof Wall>

/** Wall by wall: to the network, to the person's files, to other processes. */
export const Walls = z.object({ network: Wall, files: Wall, processes: Wall })
export type Walls = z.infer<typeof Walls>

/** By what the operating system holds a worker. */
export const ConfinementMeans = z.enum(['bwrap', 'unshare', 'seatbelt', 'none'])
export type ConfinementMeans = z.infer<typeof ConfinementMeans>

/**
 * Why there is nothing better: `not_installed` there is no such program; `restricted` Ubuntu's AppArmor allows namespaces to named programs
 * only; `switched_off` the kernel was told to allow none; `refused` it failed otherwise; `unsupported` this system, or Electron on it, has none.
 */
export const ConfinementTrouble = z.enum(['not_installed', 'restricted', 'switched_off', 'refused', 'unsupported'])
export type ConfinementTrouble = z.infer<typeof ConfinementTrouble>

/** Processes that are held. */
export const HeldWorker = z.enum(['engine', 'reader', 'porter'])
export type HeldWorker = z.infer<typeof HeldWorker>

export const WallsState = z.object({
  means: ConfinementMeans,
  trouble: ConfinementTrouble.nullable(),
  /** Whether the engine's view of the files has a graphics card's devices and drivers; null where it has no view of its own. */
  card: z.boolean().nullable(),
  /** What those found that were started so far, each as it was found last. */
  workers: z.array(z.object({ worker: HeldWorker, walls: Walls })),
})
export type WallsState = z.infer<typeof WallsState>
