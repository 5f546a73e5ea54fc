/** Where a GGUF file says it comes from, in its `general.*` keys. Models, adapters and embedders alike; nothing of it is checked. */
import { fitName } from '../../base/foreign-name.ts'
import { readGgufParts, type GgufValue } from './gguf-parts.ts'

/** Another model or a data set, as the file names it. */
export interface GgufReference {
  name: string
  organisation: string | null
  link: string | null
}

/** What the file says; null or empty where it says nothing, or nothing fit to be shown. */
export interface GgufOrigin {
  /** general.type: `model`, `adapter` … */
  type: string | null
  architecture: string | null
  name: string | null
  /** The organisation, else the author. */
  organisation: string | null
  /** How it was tuned: `Instruct`, `Chat` … */
  finetune: string | null
  sizeLabel: string | null
  licence: string | null
  licenceLink: string | null
  /** Where it is published, or what it was converted from. */
  link: string | null
  baseModels: GgufReference[]
  datasets: GgufReference[]
  languages: string[]
  tags: string[]
}

/** More than any real file names. */
const mostReferences = 16

/** @throws AppError as {@link readGgufParts} does */
export async function readGgufOrigin(path: string): Promise<GgufOrigin> {
  const { values } = await readGgufParts(
    path,
    (key) => key.startsWith('general.'),
    () => undefined,
  )
  return describe(values)
}

function describe(values: ReadonlyMap<string, GgufValue>): GgufOrigin {
  const text = (key: string): string | null => {
    const value = values.get(`general.${key}`)
    return typeof value === 'string' ? fitName(value) : null
  }
  const list = (key: string): string[] => {
    const value = values.get(`general.${key}`)
    return typeof value === 'object' && !Array.isArray(value) ? value.first.filter((item) => fitName(item) !== null) : []
  }
  const references = (kind: string): GgufReference[] =>
    Array.from({ length: mostReferences }, (_, index): GgufReference | null => {
      const at = `${kind}.${index}`
      const name = text(`${at}.name`)
      if (name === null) return null
      return {
        name,
        organisation: text(`${at}.organization`) ?? text(`${at}.author`),
        link: text(`${at}.repo_url`) ?? text(`${at}.url`),
      }
    }).filter((reference) => reference !== null)
  const named = (names: string[]): GgufReference[] => names.map((name) => ({ name, organisation: null, link: null }))
  const datasets = references('dataset')
  return {
    type: text('type'),
    architecture: text('architecture'),
    name: text('name'),
    organisation: text('organization') ?? text('author'),
    finetune: text('finetune'),
    sizeLabel: text('size_label'),
    licence: text('license.name') ?? text('license'),
    licenceLink: text('license.link'),
    link: text('repo_url') ?? text('url') ?? text('source.repo_url') ?? text('source.url'),
    baseModels: references('base_model'),
    // Older files have the data sets as a list of names.
    datasets: datasets.length > 0 ? datasets : named(list('datasets')),
    languages: list('languages'),
    tags: list('tags'),
  }
}
