/** Where each model that is here comes from, for whoever watches. */
import type { Lineage } from '../../../contract/lineage-card.ts'
import { watchAny } from '../base/watch-any.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import type { GgufOrigin } from './gguf/gguf-origin.ts'
import type { LineageCards } from './lineage/lineage-cards.ts'
import type { Models } from './models.ts'

/** By model's id, now and whenever a model, its card or a trusted key comes, goes or changes. */
export async function* watchLineages(
  { models, cards, settings }: { models: Models; cards: LineageCards; settings: SettingsArea },
  signal: AbortSignal,
): AsyncGenerator<Record<string, Lineage>> {
  // A model's id is the hash of its file, so what the file says of itself stays.
  const origins = new Map<string, GgufOrigin | null>()
  let told = ''
  for await (const _change of watchAny([models.state, cards.changes, settings.state], signal)) {
    const lineages: Record<string, Lineage> = {}
    for (const model of models.state.value.models) {
      const origin = origins.get(model.id) ?? (await models.originOf(model.id))
      origins.set(model.id, origin)
      lineages[model.id] = cards.lineageOf(model, origin)
    }
    const seen = JSON.stringify(lineages)
    if (seen === told) continue
    told = seen
    yield lineages
  }
}
