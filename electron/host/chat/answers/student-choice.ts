/** Which student answers: the one that was wished for, or whoever is usual here. */
import type { Model } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Models } from '../../models/models.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'

export class StudentChoice {
  readonly #options: { models: Models; settings: SettingsArea; workspaces: Workspaces }

  constructor(options: { models: Models; settings: SettingsArea; workspaces: Workspaces }) {
    this.#options = options
  }

  /** The student that answers. @throws AppError no_model */
  need(workspaceId: string, wished: string | null): string {
    const found = this.find(workspaceId, wished)
    if (found === null) throw new AppError('no_model', 'There is no model here')
    return found
  }

  /** The wished student if it is here, else the workspace's, else the person's default, else the one used last, else any; null for none. */
  find(workspaceId: string, wished: string | null): string | null {
    const chosen = this.chosen(workspaceId, wished)
    return chosen ?? [...this.#usable].sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))[0]?.id ?? null
  }

  /** As {@link find}, but only where somebody chose. */
  chosen(workspaceId: string, wished: string | null): string | null {
    const { settings, workspaces } = this.#options
    const named = [wished, workspaces.get(workspaceId).modelId, settings.values.modelId]
    return named.find((id) => this.#usable.some((model) => model.id === id)) ?? null
  }

  get #usable(): Model[] {
    return this.#options.models.state.value.models.filter(
      ({ state, purpose }) => purpose === 'chat' && (state === 'ready' || state === 'checking'),
    )
  }
}
