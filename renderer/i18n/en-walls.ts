/** What holds the parts that read files and compute, in English. */
import type { ConfinementTrouble, HeldWorker, Wall, Walls } from '../../contract/walls.ts'

type ByWall = Record<Wall, string>

/** One sentence for each wall of each part. */
function sentences(part: string): Record<keyof Walls, ByWall> {
  const held = (what: string): ByWall => ({
    kernel: `${part} cannot ${what} (held by the operating system).`,
    runtime: `${part} cannot ${what} (held by Alambic alone, not by the operating system).`,
    none: `Nothing holds ${part.charAt(0).toLowerCase()}${part.slice(1)}: it could ${what}.`,
  })
  return {
    network: held('reach the network'),
    files: held('open files that it does not need'),
    processes: held('reach other programs'),
  }
}

export const wallsInEnglish = {
  title: 'What keeps documents and models in their place',
  lead: 'The parts that read documents and run models each try to get out when they start. This is what stopped them.',
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
  card: 'The part that runs models is shown the graphics card and its drivers’ files beside what it needs itself.',
  noCard: 'No graphics card was found that could be shown to the part that runs models: it computes on the processor.',
  trouble: {
    not_installed:
      'This computer lacks the program “bubblewrap” (bwrap). With it the operating system holds these parts as well.',
    restricted:
      'Ubuntu’s AppArmor does not let Alambic use the walls of the operating system. An administrator can allow it with a profile for bwrap.',
    switched_off: 'The walls of the operating system are switched off on this computer (user namespaces).',
    refused: 'The operating system refused its walls.',
    unsupported: 'On this system Alambic has no walls of the operating system for these parts.',
  } satisfies Record<ConfinementTrouble, string>,
}
