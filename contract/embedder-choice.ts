/** Which of the embedders and rerankers that are here is used: one rule for the host that runs it and the page that marks it. */
import type { Model } from './entities.ts'
import type { Settings } from './settings.ts'

type Here = Pick<Model, 'id' | 'purpose' | 'shipped' | 'addedAt'>

/** The embedder that was chosen, else the one that came with the application, else the one that is here longest. */
export function chosenEmbedder<T extends Here>(models: readonly T[], { embedderId }: Pick<Settings, 'embedderId'>): T | null {
  const here = models.filter(({ purpose }) => purpose === 'embedder')
  const usual = here.sort((one, other) => Number(other.shipped) - Number(one.shipped) || one.addedAt - other.addedAt)[0]
  return here.find(({ id }) => id === embedderId) ?? usual ?? null
}

/** The reranker that was chosen: there is none unless somebody wants it, because it costs time at every question. */
export function chosenReranker<T extends Here>(models: readonly T[], { rerankerId }: Pick<Settings, 'rerankerId'>): T | null {
  return models.find(({ id, purpose }) => purpose === 'reranker' && id === rerankerId) ?? null
}
