/** Students and the switching between them, in English. */
import type { Format } from './format.ts'

export function studentsInEnglish(format: Format) {
  const threadsOf = (threads: number): string =>
    format.plural(threads, { one: 'one thread', other: `${format.number(threads)} threads` })
  return {
    addition: (base: string) => `An addition to ${base}, whose memory it shares`,
    additionAlone: (base: string) => `An addition to ${base}, which is not here. Fetch or import that model to use it.`,
    unnamedBase: 'another model',
    facts: (size: string, rank: number) => `${size} on disk, rank ${format.number(rank)}`,
    shared: (size: string, count: number) =>
      format.plural(count, {
        one: `${size}, shared by the student below`,
        other: `${size}, shared by the ${format.number(count)} students below`,
      }),
    needs: (needed: string, free: string) => `Needs ${needed}, ${free} are free`,
    answering: 'Answering',
    near: 'Switches in a moment',
    switchesIn: (time: string) => `Switches in about ${time}`,
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
    warmUp: 'Get ready before you ask',
    warmUpNote:
      'When a workspace is open, its model is loaded and short documents are read while nobody waits, so that the first word comes soon.',
    warmUpChoices: { always: 'Always', plugged: 'Not on battery', never: 'Never' },
    kept: 'Room for what was read',
    keptNote:
      'What a model has read of a conversation is kept on this disk, encrypted, so that going back to a long one is quick. The oldest goes first.',
    gigabytes: (count: number) => format.bytes(count * 1e9),
    keepNothing: 'Keep nothing',
    speed: (reads: number, writes: number) =>
      `Measured here: reads ${format.number(reads)} and writes ${format.number(writes)} tokens a second`,
    writes: (writes: number) => `Measured here: writes ${format.number(writes)} tokens a second`,
    threads: (reading: number, writing: number) =>
      reading === writing
        ? `Fastest with ${threadsOf(writing)}`
        : `Fastest with ${threadsOf(reading)} to read and ${format.number(writing)} to write`,
    threadSpeed: (threads: number, reads: number, writes: number) =>
      `With ${threadsOf(threads)}: reads ${format.number(reads)}, writes ${format.number(writes)} tokens a second`,
    unmeasured: 'Its speed is measured with its first answer',
    measureAgain: 'Measure its speed again',
    largest: (tokens: number) => `Up to ${format.number(tokens)} tokens of context would fit now.`,
    corrected: 'As measured on this machine.',
    faster: (quantisation: string) =>
      `The catalogue has the same model as ${quantisation}. It answers faster on this kind of machine.`,
    toFaster: 'Show it',
    draftBy: (name: string) => `Let ${name} draft for it`,
    drafts: (name: string) => `${name} drafts for it. What that is worth here is measured with its next longer answer.`,
    draftPays: (name: string, taken: number, gain: number) =>
      `${name} drafts for it: ${format.percent(taken)} of the draft was taken, ${format.number(gain, 1)} times as fast.`,
    draftOff: (name: string, taken: number, gain: number) =>
      `${name} was tried as its draft and switched off: ${format.percent(taken)} was taken, ${format.number(gain, 1)} times as fast as without.`,
    draftAgain: 'Try again',
    draftNone: 'Without a draft',
    draftFact: (taken: number, proposed: number) => `${format.number(taken)} of ${format.number(proposed)} drafted tokens taken`,
    baseLabel: 'On the model',
    draftLabel: 'Draft',
    loadAnyway: 'Load it anyway',
    loadAnywayNote: 'With the smallest context. The computer may become very slow while it is in memory.',
  }
}
