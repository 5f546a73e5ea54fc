/** English: where a model comes from, who vouches for that, and what its licence asks. */
import type { Lineage, LineageCard } from '../../contract/lineage-card.ts'
import type { Settings } from '../../contract/settings.ts'
import type { Format } from './format.ts'

const languageNames = new Intl.DisplayNames('en-GB', { type: 'language' })
const list = new Intl.ListFormat('en-GB')

export function lineageInEnglish(format: Format) {
  return {
    open: 'Lineage',
    openName: (name: string) => `Lineage of ${name}`,
    title: (name: string) => `Where ${name} comes from`,
    close: 'Close',
    source: {
      card: 'As its lineage card says.',
      catalogue: 'As the catalogue says.',
      file: 'As the model’s own file says. Nobody vouches for it.',
    } satisfies Record<Lineage['source'], string>,
    signature: {
      verified: (by: string) => `Verified by ${by}`,
      unsigned: 'Unsigned',
      unknown_key: 'Signed by an unknown key',
      wrong_signature: 'The signature does not fit',
    },
    signatureNote: {
      unknown_key: 'Somebody signed this card, but nobody whom this computer trusts. Read it as if it were unsigned.',
      wrong_signature:
        'This card was changed after it was signed. Do not rely on it, and ask whoever gave you the model for the right one.',
    },
    drawing: 'From teacher to student',
    teacher: 'Teacher',
    base: 'Made from',
    wornBy: 'Worn by',
    unknownTeacher: 'No teacher is known',
    unknownTeacherNote: 'Nobody says whose answers it learnt from.',
    kind: { base: 'Base model', student: 'Student', adapter: 'Adapter', unknown: 'Model' } satisfies Record<
      NonNullable<LineageCard['kind']> | 'unknown',
      string
    >,
    notKnown: 'Not known',
    facts: {
      organisation: 'Made by',
      licence: 'Licence',
      data: 'Data',
      languages: 'Languages',
      training: 'Training',
      file: 'File',
    },
    examples: (count: number) => format.plural(count, { one: 'One example.', other: `${format.number(count)} examples.` }),
    synthetic: 'Written by a program or a model.',
    real: 'Written by people.',
    dataLicence: (licence: string) => `Licence of the data: ${licence}.`,
    languages: (codes: readonly string[]) => list.format(codes.map((code) => languageNames.of(code) ?? code)),
    trainer: (trainer: string) => `With ${trainer}.`,
    steps: (steps: number) => format.plural(steps, { one: 'One step.', other: `${format.number(steps)} steps.` }),
    tokens: (tokens: number) => format.plural(tokens, { one: 'One token.', other: `${format.number(tokens)} tokens.` }),
    trained: (day: string) => `On ${day}.`,
    evaluation: 'How well it does',
    noEvaluation: 'Nobody says how well it does.',
    suite: 'Test',
    metric: 'Measure',
    value: 'Result',
    items: 'Questions',
    versus: 'Others',
    interval: (low: number, high: number) => `${figure(low)} to ${figure(high)}`,
    figure,
    compared: (name: string, value: number) => `${name}: ${figure(value)}`,
    duties: 'What its licence asks',
    notice: 'Notice',
    aboutTitle: 'Models that are here',
    aboutNotices: 'Notices of their licences',
    builtWithLlama: 'Built with Llama',
    builtWithLlamaNote: (names: readonly string[]) =>
      format.plural(names.length, {
        one: `Because ${list.format(names)} is here.`,
        other: `Because ${list.format(names)} are here.`,
      }),
    require: 'Cards of models',
    requireNote: 'Which models may be used: all, those with a lineage card, or those whose card is vouched for.',
    requireChoices: {
      off: 'Not required',
      card: 'A card is required',
      signed: 'A verified card is required',
    } satisfies Record<Settings['requireCard'], string>,
    requireTitle: 'Models',
  }

  function figure(value: number): string {
    return format.number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 1 ? 3 : 1)
  }
}
