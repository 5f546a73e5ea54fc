/** The presets that a question can be asked with, and what is typed into the fields of one and not saved yet. */
import { SvelteMap } from 'svelte/reactivity'
import type { Client } from '../../contract/contract.ts'
import type { Preset } from '../../contract/conversation.ts'
import { follow } from './follow.ts'
import type { Task } from './task.svelte.ts'

/** The preset of a conversation that does not exist yet. */
export const initialPresetId = 'balanced'

/** A preset as it stands in its fields. */
export interface PresetForm {
  name: string
  systemPrompt: string
  thinking: Preset['thinking'] | null
  values: Readonly<Record<string, string>>
}

export class PresetsState {
  readonly #client: Client
  readonly #tidying: Task
  #all = $state.raw<Preset[]>([])
  readonly #edits = new SvelteMap<string, PresetForm>()

  constructor(client: Client, tidying: Task) {
    this.#client = client
    this.#tidying = tidying
  }

  /** Empty until the host has said. */
  get all(): Preset[] {
    return this.#all
  }

  /** The one with this id, else the one that a conversation begins with; undefined until the list has come. */
  byId(presetId: string): Preset | undefined {
    return this.#all.find(({ id }) => id === presetId) ?? this.#all.find(({ id }) => id === initialPresetId)
  }

  /** Begins to follow, once the vault is open. */
  open(life: AbortSignal): void {
    void follow(
      (signal) => this.#client.chat.presets({}, { signal }),
      (presets) => (this.#all = presets),
      life,
      () => undefined,
    )
  }

  /** What is typed into the fields of a preset and not saved; undefined while nothing is. */
  edit(presetId: string): PresetForm | undefined {
    return this.#edits.get(presetId)
  }

  /** @param form null forgets what was typed */
  writeEdit(presetId: string, form: PresetForm | null): void {
    if (form === null) this.#edits.delete(presetId)
    else this.#edits.set(presetId, form)
  }

  save(preset: Omit<Preset, 'builtIn'>): Promise<boolean> {
    return this.#tidying.run(() => this.#client.chat.savePreset(preset))
  }

  remove(presetId: string): Promise<boolean> {
    return this.#tidying.run(() => this.#client.chat.removePreset({ presetId }))
  }

  forget(): void {
    this.#all = []
    this.#edits.clear()
  }
}
