/** Students and the switching between them, in English. */
import type { Format } from './format.ts'

export function studentsInEnglish(format: Format) {
  const threadsOf = (threads: number): string =>
    format.plural(threads, { one: 'one thread', other: `${format.number(threads)} threads` })
  return {
    addition: (base: string) => `Adapter for ${base}, whose memory it shares`,
    additionAlone: (base: string) => `Adapter for ${base}, which is not installed. Download or import that model to use it.`,
    unnamedBase: 'another model',
    facts: (size: string, rank: number) => `${size} on disk, rank ${format.number(rank)}`,
    shared: (size: string, count: number) =>
      format.plural(count, {
        one: `${size}, shared by the adapter below`,
        other: `${size}, shared by the ${format.number(count)} adapters below`,
      }),
    needs: (needed: string, free: string) => `Needs ${needed}; ${free} are free`,
    answering: 'Answering',
    near: 'Ready in a moment',
    switchesIn: (time: string) => `Ready in about ${time}`,
    once: 'Only for the next question',
    onceShort: 'next question only',
    workspaceDefault: (workspace: string) => `Answers by default in ${workspace}`,
    useAnyway: (base: string) => `Use it with ${base}`,
    anyModel: 'that model',
    memoryTitle: 'Memory and cache',
    unloadAfter: 'Free the memory after',
    unloadAfterNote: 'After this long without a question, models leave the memory. The next question loads them again.',
    minutes: (count: number) => `${format.number(count)} minutes`,
    never: 'Never',
    warmUp: 'Prepare in advance',
    warmUpNote:
      'When a workspace is open, its model is loaded and short documents are read in advance, so that answers start sooner.',
    warmUpChoices: { always: 'Always', plugged: 'Not on battery', never: 'Never' },
    kept: 'Conversation cache',
    keptNote:
      'What a model has read of a conversation is kept on this disk, encrypted, so that you can go back to it quickly. The oldest is deleted first.',
    gigabytes: (count: number) => format.bytes(count * 1e9),
    keepNothing: 'Keep nothing',
    speed: (reads: number, writes: number) =>
      `Measured here: reads ${format.number(reads)} and writes ${format.number(writes)} tokens per second`,
    writes: (writes: number) => `Measured here: writes ${format.number(writes)} tokens per second`,
    threads: (reading: number, writing: number) =>
      reading === writing
        ? `Fastest with ${threadsOf(writing)}`
        : `Fastest with ${threadsOf(reading)} to read and ${format.number(writing)} to write`,
    threadSpeed: (threads: number, reads: number, writes: number) =>
      `With ${threadsOf(threads)}: reads ${format.number(reads)}, writes ${format.number(writes)} tokens per second`,
    unmeasured: 'Its speed is measured with its first answer',
    measureAgain: 'Measure its speed again',
    largest: (tokens: number) => `Up to ${format.number(tokens)} tokens of context would fit now.`,
    corrected: 'Measured on this computer.',
    faster: (quantisation: string) =>
      `The catalogue has the same model as ${quantisation}, which answers faster on this kind of computer.`,
    newerFile: 'The catalogue has a newer file of this model. Yours still works.',
    toFaster: 'Show it',
    draftBy: (name: string) => `Speed up with ${name}`,
    drafts: (name: string) => `Sped up with ${name}. The gain is measured with the next longer answer.`,
    draftPays: (name: string, taken: number, gain: number) =>
      `Sped up with ${name}: ${format.percent(taken)} of its suggestions used, ${format.number(gain, 1)} times as fast.`,
    draftOff: (name: string, taken: number, gain: number) =>
      `${name} did not help and was switched off: ${format.percent(taken)} of its suggestions used, ${format.number(gain, 1)} times the speed without it.`,
    draftAgain: 'Try again',
    draftNone: 'No speed-up',
    draftFact: (taken: number, proposed: number) => `${format.number(taken)} of ${format.number(proposed)} suggested tokens used`,
    baseLabel: 'On the model',
    draftLabel: 'Speed-up',
    loadAnyway: 'Load it anyway',
    loadAnywayNote: 'With the smallest context. The computer may become very slow while it is in memory.',
  }
}
