/** What of the catalogue is shown, and which one model it would take here. Pure: what fits is for the host to say. */
import type { Catalogue, CatalogueStudent } from '../../contract/catalogue.ts'
import type { Fit, Model } from '../../contract/entities.ts'
import type { Language } from '../../contract/settings.ts'

export interface CatalogueFilter {
  query: string
  fitting: boolean
  reasoning: boolean
  recent: boolean
  /** A language's code, or any. */
  language: string
  licence: string
}

/** In place of a language or a licence. */
export const any = ''

/** What a processor alone writes fast enough to be read along: the weights at work for a token, by our measurements of 1.5 billion at 20 tokens a second on two cores. */
const mostOnProcessor = 4.5e9

const folded = (words: string): string => words.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')

/** Published in the twelve months before the catalogue was signed. Of what has only a year, January counts. */
export function isRecent({ released }: Pick<CatalogueStudent, 'released'>, { signedAt }: Pick<Catalogue, 'signedAt'>): boolean {
  if (released === undefined) return false
  const [year = 0, month = 1] = signedAt.split('-').map(Number)
  const [itsYear = 0, itsMonth = 1] = released.split('-').map(Number)
  return (year - itsYear) * 12 + month - itsMonth < 12
}

/** Whoever wrote the file in its quantisation, who is often not its maker; null without a file. */
export function quantisedBy({ file }: CatalogueStudent): string | null {
  return file?.repository.split('/')[0] ?? null
}

/** The families that have something to show, with that alone. @param fitOf null where nothing is known yet, which hides nothing */
export function shownFamilies(
  catalogue: Catalogue,
  filter: CatalogueFilter,
  fitOf: (studentId: string) => Pick<Fit, 'verdict'> | null,
  shownIn: Language,
): Catalogue['families'] {
  const words = folded(filter.query).split(/\s+/)
  const shows = (student: CatalogueStudent, teacher: string): boolean => {
    const { name, organisation, goodAt, licence, languages, reasons } = student
    const said = folded([name, organisation, teacher, goodAt[shownIn], licence, quantisedBy(student) ?? ''].join(' '))
    return (
      (!filter.fitting || fitOf(student.id)?.verdict !== 'too_big') &&
      (!filter.reasoning || reasons) &&
      (!filter.recent || isRecent(student, catalogue)) &&
      (filter.language === any || languages.includes(filter.language)) &&
      (filter.licence === any || licence === filter.licence) &&
      words.every((word) => said.includes(word))
    )
  }
  return catalogue.families
    .map((family) => ({ ...family, students: family.students.filter((one) => shows(one, family.teacher?.name ?? '')) }))
    .filter(({ students }) => students.length > 0)
}

/** What can be chosen among, each once. */
export function languagesAndLicences({ families }: Catalogue): { languages: string[]; licences: string[] } {
  const students = families.flatMap((family) => family.students)
  const once = (values: string[]): string[] => [...new Set(values)].sort()
  return {
    languages: once(students.flatMap(({ languages }) => languages)),
    licences: once(students.map(({ licence }) => licence)),
  }
}

/** The newer file under the name that a model was fetched as; null when it is that file, or the catalogue pins none. */
export function newerFile(
  students: readonly CatalogueStudent[],
  model: Pick<Model, 'id' | 'catalogueId'>,
): CatalogueStudent | null {
  const student = students.find(({ id }) => id === model.catalogueId)
  return student?.file?.sha256 && student.file.sha256 !== model.id ? student : null
}

/**
 * The one model to take on this computer: it talks, can be fetched and checked, speaks the person's language and fits with room to spare. Of those the recent
 * ones, and of these the largest. @param withCard without one, only what a processor alone writes fast enough
 */
export function recommended(
  catalogue: Catalogue,
  fitOf: (studentId: string) => Pick<Fit, 'verdict'> | null,
  { language, withCard }: { language: Language; withCard: boolean },
): CatalogueStudent | null {
  const suited = catalogue.families
    .flatMap(({ students }) => students)
    .filter(
      ({ id, purpose, file, languages, parameters, activeParameters }) =>
        (purpose ?? 'chat') === 'chat' &&
        file?.sha256 &&
        languages.includes(language) &&
        fitOf(id)?.verdict === 'fits' &&
        (withCard || (activeParameters ?? parameters) <= mostOnProcessor),
    )
  const recent = suited.filter((student) => isRecent(student, catalogue))
  const [best = null] = (recent.length > 0 ? recent : suited).toSorted((one, other) => other.parameters - one.parameters)
  return best
}
