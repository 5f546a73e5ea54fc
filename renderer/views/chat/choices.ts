/** Who answers and how, as the composer, the panel and the palette name them. */
import type { Preset, Sampling } from '../../../contract/conversation.ts'
import type { Model } from '../../../contract/entities.ts'
import type { AppState } from '../../state/app.svelte.ts'

/** The model that the next question goes to, chosen as the host chooses: this conversation's, the workspace's, the usual one, the last used. */
export function chosenModel(app: AppState): Model | null {
  const models = app.models.usable
  const own = app.workspaces.byId(app.chat.workspaceId)?.modelId ?? null
  const named = [app.chat.modelId, own, app.settings.values.modelId]
    .map((id) => models.find((model) => model.id === id))
    .find(Boolean)
  return named ?? [...models].sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))[0] ?? null
}

/** Sampling in the order in which it is shown. */
export const samplingFields = [
  'temperature',
  'topK',
  'topP',
  'minP',
  'repeatPenalty',
  'seed',
  'maxTokens',
] as const satisfies (keyof Sampling)[]
export type SamplingField = (typeof samplingFields)[number]

/** A preset's name: the dictionary's for those that come with Alambic. */
export function presetName(app: AppState, preset: Pick<Preset, 'id' | 'name' | 'builtIn'> | undefined): string {
  if (!preset) return ''
  return preset.builtIn ? app.words.preset(preset) : preset.name
}
