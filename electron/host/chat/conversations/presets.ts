/** Ways of answering: a system prompt and its sampling under a name. A few come with the application; people make their own. */
import { Sampling, type Preset } from '../../../../contract/conversation.ts'
import { AppError } from '../../../../contract/errors.ts'
import { Watchable } from '../../base/watchable.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'

/** llama.cpp's own defaults, cooled a little: small students wander at 0.8. */
const balanced: Sampling = {
  temperature: 0.6,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repeatPenalty: 1.05,
  seed: null,
  maxTokens: null,
}

/** The preset of a new conversation. */
export const initialPresetId = 'balanced'

/** The page names these from its dictionary, by id. */
const builtIn: Preset[] = [
  { id: initialPresetId, name: 'Balanced', builtIn: true, systemPrompt: '', sampling: balanced },
  { id: 'precise', name: 'Precise', builtIn: true, systemPrompt: '', sampling: { ...balanced, temperature: 0, seed: 0 } },
  { id: 'inventive', name: 'Inventive', builtIn: true, systemPrompt: '', sampling: { ...balanced, temperature: 1, topP: 0.98 } },
]

interface PresetRecord {
  id: string
  name: string
  system_prompt: string
  sampling: string
  thinking: Preset['thinking'] | null
}

export class Presets {
  readonly state: Watchable<Preset[]>
  readonly #database: EncryptedDatabase
  readonly #now: () => number

  constructor({ database, now }: { database: EncryptedDatabase; now: () => number }) {
    this.#database = database
    this.#now = now
    this.state = new Watchable(this.#read())
  }

  /** The preset, or the initial one when it was removed meanwhile. */
  get(presetId: string): Preset {
    const presets = this.state.value
    const found = presets.find((preset) => preset.id === presetId) ?? presets.find((preset) => preset.id === initialPresetId)
    if (!found) throw new AppError('not_found', 'No preset')
    return found
  }

  /** Those that people made. */
  get own(): Omit<Preset, 'builtIn'>[] {
    return this.state.value.filter(({ builtIn }) => !builtIn).map(({ builtIn: _, ...own }) => own)
  }

  /** Keeps presets that were made elsewhere; the built-in ones are here already. */
  take(presets: readonly Omit<Preset, 'builtIn'>[]): void {
    for (const preset of presets) if (!builtIn.some(({ id }) => id === preset.id)) this.save(preset)
  }

  /** @throws AppError invalid_input for a built-in preset */
  save({ id, name, systemPrompt, sampling, thinking }: Omit<Preset, 'builtIn'>): void {
    refuseBuiltIn(id)
    this.#database
      .prepare(
        `INSERT INTO presets (id, name, system_prompt, sampling, thinking, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, system_prompt = excluded.system_prompt, sampling = excluded.sampling,
           thinking = excluded.thinking`,
      )
      .run(id, name, systemPrompt, JSON.stringify(sampling), thinking ?? null, this.#now())
    this.state.set(this.#read())
  }

  /** @throws AppError invalid_input for a built-in preset */
  remove(presetId: string): void {
    refuseBuiltIn(presetId)
    this.#database.prepare('DELETE FROM presets WHERE id = ?').run(presetId)
    this.state.set(this.#read())
  }

  #read(): Preset[] {
    const own = this.#database.prepare<PresetRecord>('SELECT * FROM presets ORDER BY created_at, name').all()
    return [
      ...builtIn,
      ...own.map((record) => ({
        id: record.id,
        name: record.name,
        builtIn: false,
        systemPrompt: record.system_prompt,
        sampling: Sampling.parse(JSON.parse(record.sampling)),
        ...(record.thinking === null ? {} : { thinking: record.thinking }),
      })),
    ]
  }
}

function refuseBuiltIn(presetId: string): void {
  if (builtIn.some((preset) => preset.id === presetId)) throw new AppError('invalid_input', 'A built-in preset cannot be changed')
}
