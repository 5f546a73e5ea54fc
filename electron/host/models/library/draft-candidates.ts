/** Which model may draft for which: it must speak the same tokens, and be small enough to pay. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readGgufParts } from '../gguf/gguf-parts.ts'
import type { ModelRecord } from './model-records.ts'

/** A draft that is more than this part of the larger model costs more than it can bring. */
const mostPart = 0.5

/** A name for a model's tokens: two models of the same name spell every token alike. Null when the file cannot be read. */
export async function vocabularyName(path: string): Promise<string | null> {
  const wanted = new Set(['tokenizer.ggml.tokens', 'tokenizer.ggml.model', 'general.type'])
  try {
    const { values } = await readGgufParts(
      path,
      (key) => wanted.has(key),
      () => undefined,
    )
    const tokens = values.get('tokenizer.ggml.tokens')
    if (typeof tokens !== 'object' || Array.isArray(tokens)) return null
    const hash = createHash('sha256').update(JSON.stringify(values.get('tokenizer.ggml.model') ?? null))
    const { offset, bytes } = tokens
    for await (const chunk of createReadStream(path, { start: offset, end: offset + bytes - 1 })) hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch {
    return null
  }
}

/** The models that could draft for this one. An adapter's base speaks for it. */
export async function draftCandidates(
  record: ModelRecord,
  all: readonly ModelRecord[],
  pathOf: (fileName: string) => string,
): Promise<ModelRecord[]> {
  const base = record.base_id === null ? record : all.find(({ id }) => id === record.base_id)
  const small = all.filter(
    ({ base_id, parameters, purpose }) =>
      base_id === null && purpose === 'chat' && base && parameters <= base.parameters * mostPart,
  )
  if (!base || small.length === 0) return []
  const wanted = await vocabularyName(pathOf(base.file_name))
  const found: ModelRecord[] = []
  for (const candidate of small)
    if (wanted !== null && (await vocabularyName(pathOf(candidate.file_name))) === wanted) found.push(candidate)
  return found
}
