/** The ordeals by name, and how many cases a short and a long run of each have. */
import { disks } from './disks.ts'
import { kills } from './kills.ts'
import { mutations } from './mutations.ts'
import { needles } from './needles.ts'
import type { OrdealOptions, OrdealOutcome } from './outcome.ts'

interface Ordeal {
  name: 'kills' | 'disks' | 'needles' | 'mutations'
  have: (options: OrdealOptions) => Promise<OrdealOutcome>
  short: number
  long: number
  /** How many cases a long run has at a time. */
  stretch: number
}

export const ordeals: readonly Ordeal[] = [
  { name: 'kills', have: kills, short: 16, long: 1_000, stretch: 80 },
  { name: 'disks', have: disks, short: 3, long: 3, stretch: 3 },
  { name: 'needles', have: needles, short: 1, long: 1, stretch: 1 },
  { name: 'mutations', have: mutations, short: 400, long: 100_000, stretch: 2_000 },
]
