/** Students and the switching between them, in English. */
import type { Format } from './format.ts'

export function studentsInEnglish(format: Format) {
  return {
    on: (base: string) => (base === '' ? 'an addition' : `on ${base}`),
    addition: (base: string) => `An addition to ${base}, whose memory it shares`,
    additionAlone: (base: string) => `An addition to ${base}, which is not here. Fetch or import that model to use it.`,
    unnamedBase: 'another model',
    facts: (size: string, rank: number) => `${size} on disk, rank ${format.number(rank)}`,
    once: 'Only for the next question',
    onceShort: 'next question only',
    workspaceDefault: (workspace: string) => `Answers by default in ${workspace}`,
    useAnyway: (base: string) => `Use it with ${base}`,
    anyModel: 'that model',
    memoryTitle: 'Memory and going back',
    unloadAfter: 'Free the memory after',
    unloadAfterNote: 'Without a question for so long, models leave the memory. The next question loads them again.',
    minutes: (count: number) => `${format.number(count)} minutes`,
    never: 'Never',
    kept: 'Room for what was read',
    keptNote:
      'What a model has read of a conversation is kept on this disk, encrypted, so that going back to a long one is quick. The oldest goes first.',
    gigabytes: (count: number) => format.bytes(count * 1e9),
    keepNothing: 'Keep nothing',
    loadAnyway: 'Load it anyway',
    loadAnywayNote: 'With the smallest context. The computer may become very slow while it is in memory.',
  }
}
