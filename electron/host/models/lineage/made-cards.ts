/** Lineage cards of models that came without one: what the catalogue says of a student, or what a file says of itself. */
import { Duty, type CatalogueFamily, type CatalogueStudent } from '../../../../contract/catalogue.ts'
import type { Model } from '../../../../contract/entities.ts'
import { startInSigns } from '../../../../contract/graphemes.ts'
import type { LineageCard } from '../../../../contract/lineage-card.ts'
import type { GgufOrigin } from '../gguf/gguf-origin.ts'

/** As long as a card's texts may be. */
const mostCharacters = 200

const unknown = {
  version: 1,
  kind: null,
  organisation: null,
  teacher: null,
  base: null,
  data: null,
  training: null,
  evaluation: [],
  licence: null,
  duties: [],
  notice: null,
} satisfies Partial<LineageCard>

export function cardFromCatalogue({ teacher }: CatalogueFamily, student: CatalogueStudent): LineageCard {
  const { name, organisation, licence, duties, file } = student
  return {
    ...unknown,
    name: short(name),
    kind: teacher ? 'student' : null,
    organisation: short(organisation),
    files: [{ sha256: file?.sha256 ?? '', name: file ? short(file.name) : null }],
    teacher: teacher && { name: short(teacher.name), organisation: short(teacher.organisation), licence: null },
    licence: { name: short(licence), link: null },
    duties: duties.filter((duty) => Duty.options.includes(duty)),
  }
}

/** What a file says of itself names no teacher: `base_model` is what it was made from. */
export function cardFromFile(
  { id, name, licence }: Pick<Model, 'id' | 'name' | 'licence'>,
  origin: GgufOrigin | null,
): LineageCard {
  const licenceName = origin?.licence ?? licence
  const base = origin?.baseModels[0]
  const sources = origin?.datasets ?? []
  const languages = (origin?.languages ?? []).map((code) => code.toLowerCase()).filter((code) => /^[a-z]{2,3}$/.test(code))
  return {
    ...unknown,
    name: short(origin?.name ?? name),
    kind: origin?.type === 'adapter' ? 'adapter' : base ? 'student' : null,
    organisation: short(origin?.organisation),
    files: [{ sha256: id, name: null }],
    base: base ? { name: short(base.name), organisation: short(base.organisation), sha256: null } : null,
    data:
      sources.length + languages.length === 0
        ? null
        : {
            sources: sources.map((source) => ({ name: short(source.name), licence: null, link: webAddress(source.link) })),
            examples: null,
            languages,
            licence: null,
            synthetic: null,
          },
    licence: licenceName ? { name: short(licenceName), link: webAddress(origin?.licenceLink) } : null,
  }
}

function short(text: string): string
function short(text: string | null | undefined): string | null
function short(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : startInSigns(trimmed, mostCharacters)
}

function webAddress(text: string | null | undefined): string | null {
  const url = URL.parse(text ?? '')
  return url && /^https?:$/.test(url.protocol) && url.href.length <= 2048 ? url.href : null
}
