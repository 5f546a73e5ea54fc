/** English: where a model comes from, who vouches for that, and what its licence asks. */
import type { Lineage, LineageCard } from '../../contract/lineage-card.ts'
import type { Settings } from '../../contract/settings.ts'
import type { Format } from './format.ts'

const languageNames = new Intl.DisplayNames('en-GB', { type: 'language' })
const list = new Intl.ListFormat('en-GB')

export function lineageInEnglish(format: Format) {
  return {
    open: 'Origin',
    openName: (name: string) => `Origin of ${name}`,
    title: (name: string) => `Where ${name} comes from`,
    close: 'Close',
    source: {
      card: 'According to its model card.',
      catalogue: 'According to the catalogue.',
      file: 'According to the model’s own file, which nobody has signed.',
    } satisfies Record<Lineage['source'], string>,
    signature: {
      verified: (by: string) => `Verified by ${by}`,
      unsigned: 'Unsigned',
      unknown_key: 'Signed by an unknown key',
      wrong_signature: 'The signature doesn’t match',
    },
    signatureNote: {
      unknown_key: 'This card is signed with a key that this computer doesn’t know. Treat it as unsigned.',
      wrong_signature:
        'This card was changed after it was signed. Don’t rely on it; ask whoever gave you the model for the right one.',
    },
    drawing: 'From teacher to student',
    teacher: 'Teacher',
    base: 'Made from',
    wornBy: 'Used with',
    unknownTeacher: 'Teacher not known',
    unknownTeacherNote: 'The model it learnt from is not stated.',
    kind: { base: 'Base model', student: 'Student', adapter: 'Adapter', unknown: 'Model' } satisfies Record<
      NonNullable<LineageCard['kind']> | 'unknown',
      string
    >,
    notKnown: 'Not stated',
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
    tokens: (tokens: number) => format.plural(tokens, { one: 'One token.', other: `${format.number(tokens)} tokens.` }),
    trained: (day: string) => `On ${day}.`,
    evaluation: 'Evaluation',
    noEvaluation: 'No evaluation is stated.',
    suite: 'Test',
    metric: 'Measure',
    value: 'Result',
    items: 'Questions',
    versus: 'Compared with',
    interval: (low: number, high: number) => `${figure(low)} to ${figure(high)}`,
    figure,
    compared: (name: string, value: number) => `${name}: ${figure(value)}`,
    duties: 'What its licence requires',
    notice: 'Notice',
    aboutTitle: 'Installed models',
    aboutNotices: 'Licence notices',
    builtWithLlama: 'Built with Llama',
    builtWithLlamaNote: (names: readonly string[]) =>
      format.plural(names.length, {
        one: `Because ${list.format(names)} is installed.`,
        other: `Because ${list.format(names)} are installed.`,
      }),
    require: 'Model cards',
    requireNote: 'Which models may be used: all, those with a model card, or those whose card is signed by a trusted key.',
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
