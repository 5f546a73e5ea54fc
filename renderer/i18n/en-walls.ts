/** What holds the parts that read files and compute, in English. */
import type { ConfinementTrouble, HeldWorker, Wall, Walls } from '../../contract/walls.ts'

type ByWall = Record<Wall, string>

/** One sentence for each wall of each part. */
function sentences(part: string): Record<keyof Walls, ByWall> {
  const held = (what: string): ByWall => ({
    kernel: `${part} cannot ${what} (blocked by the operating system).`,
    runtime: `${part} cannot ${what} (blocked by Alambic only, not by the operating system).`,
    none: `Nothing blocks ${part.charAt(0).toLowerCase()}${part.slice(1)}: it could ${what}.`,
  })
  return {
    network: held('reach the network'),
    files: held('open files that it does not need'),
    processes: held('reach other programs'),
  }
}

export const wallsInEnglish = {
  title: 'Protection against harmful documents and models',
  lead: 'When they start, the parts that read documents and run models check what they could reach. This is the result.',
  untried: {
    engine: 'The part that runs models has not been started yet.',
    reader: 'The part that reads documents has not been started yet.',
    porter: 'The part that opens workspace files and backups has not been started yet.',
  } satisfies Record<HeldWorker, string>,
  workers: {
    engine: sentences('The part that runs models'),
    reader: sentences('The part that reads documents'),
    porter: sentences('The part that opens workspace files and backups'),
  } satisfies Record<HeldWorker, Record<keyof Walls, ByWall>>,
  card: 'The part that runs models also sees the graphics card and its driver files.',
  noCard: 'No graphics card was found for the part that runs models: it uses the processor.',
  trouble: {
    not_installed: 'The program “bubblewrap” (bwrap) is not installed. With it, the operating system blocks these parts too.',
    restricted:
      'Ubuntu’s AppArmor does not let Alambic use the protection of the operating system. An administrator can allow it with a profile for bwrap.',
    switched_off: 'The protection of the operating system is switched off on this computer (user namespaces).',
    refused: 'The operating system refused its protection.',
    unsupported: 'This operating system offers no protection for these parts.',
  } satisfies Record<ConfinementTrouble, string>,
}
