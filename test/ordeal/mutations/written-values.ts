/** Headers of models, catalogues, bundles, cards, signatures and key records: parsed in the host's own process, signed anew after they were changed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../contract/errors.ts'
import { NotCanonical, parseCanonicalJson } from '../../../electron/host/base/canonical-json.ts'
import { signValue, verifyValue, type SignedKind } from '../../../electron/host/base/signed-value.ts'
import { BundleFolder, lookAtItem, manifestName, readWords } from '../../../electron/host/models/bundles/bundle-folder.ts'
import { parseCatalogue, parseEnvelope } from '../../../electron/host/models/catalogue/catalogue-file.ts'
import { readAdapterHeader } from '../../../electron/host/models/gguf/adapter-header.ts'
import { readGgufHeader } from '../../../electron/host/models/gguf/gguf-header.ts'
import { readGgufOrigin } from '../../../electron/host/models/gguf/gguf-origin.ts'
import { estimateMemory } from '../../../electron/host/models/gguf/memory-estimate.ts'
import { parseCard } from '../../../electron/host/models/lineage/card-file.ts'
import { readKeyRecord } from '../../../electron/host/vault/keys/key-record.ts'
import { ggufHeaderBytes, type GgufKeys, type GgufTensor } from '../../fixtures/gguf/gguf-writer.ts'
import { cardOf, makeSigner } from '../../fixtures/signed-card.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'
import type { Chance } from '../chance.ts'
import { mutatedBytes, mutatedText } from './mutated.ts'
import { taken, type Subject } from './subject.ts'

const signer = makeSigner('The ordeal')
const someHash = 'a'.repeat(64)

/** The signatures of a text's value, or of nothing where it has no form that could be signed. */
function signed(kind: SignedKind, text: string): { signatures: { keyId: string; signature: string }[] } {
  try {
    return signValue(kind, JSON.parse(text), [signer.key])
  } catch {
    return signValue(kind, null, [signer.key])
  }
}

const keys: GgufKeys = {
  'general.architecture': { type: 'string', value: 'llama' },
  'general.name': { type: 'string', value: 'Good' },
  'general.license': { type: 'string', value: 'CC0-1.0' },
  'general.alignment': { type: 'u32', value: 32 },
  'general.file_type': { type: 'u32', value: 1 },
  'llama.context_length': { type: 'u32', value: 4096 },
  'llama.block_count': { type: 'u32', value: 2 },
  'llama.embedding_length': { type: 'u32', value: 64 },
  'llama.attention.head_count': { type: 'u32', value: 4 },
  'llama.attention.head_count_kv': { type: 'array', of: 'i32', value: [2, 1] },
  'llama.feed_forward_length': { type: 'u32', value: 96 },
  'tokenizer.chat_template': { type: 'string', value: '{% for message in messages %}{{ message.content }}{% endfor %}' },
  'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: ['a', 'b', 'c'] },
  'tokenizer.ggml.scores': { type: 'array', of: 'f32', value: [0, 0, 0] },
}
const tensors: GgufTensor[] = [
  { name: 'token_embd.weight', dims: [64, 3], type: 'F16', fill: null },
  { name: 'output_norm.weight', dims: [64], type: 'F32', fill: null },
]
const adapterKeys: GgufKeys = {
  'general.architecture': { type: 'string', value: 'llama' },
  'general.type': { type: 'string', value: 'adapter' },
  'general.name': { type: 'string', value: 'Lease clerk' },
  'general.base_model.count': { type: 'u32', value: 1 },
  'general.base_model.0.name': { type: 'string', value: 'Good' },
  'adapter.type': { type: 'string', value: 'lora' },
  'adapter.lora.alpha': { type: 'f32', value: 16 },
}
const adapterTensors: GgufTensor[] = [
  { name: 'blk.0.attn_q.weight.lora_a', dims: [64, 8], type: 'F32', fill: null },
  { name: 'blk.0.attn_q.weight.lora_b', dims: [8, 64], type: 'F32', fill: null },
]

/** The header of a model's file and of an adapter's, with as many bytes behind it as it says. */
export function ggufSubject(): Subject {
  const path = join(temporaryFolder(), 'changed.gguf')
  const samples = [
    Buffer.concat([ggufHeaderBytes(keys, tensors), Buffer.alloc(64 * 3 * 2 + 64 * 4)]),
    Buffer.concat([ggufHeaderBytes(adapterKeys, adapterTensors), Buffer.alloc(2 * 64 * 8 * 4)]),
  ]
  return {
    ...{ name: 'gguf', share: 30 },
    run: async (chance) => {
      writeFileSync(path, mutatedBytes(chance.oneOf(samples), chance, samples))
      const outcomes = [
        await taken(async () => estimateMemory(await readGgufHeader(path), 4096)),
        await taken(() => readAdapterHeader(path)),
        await taken(() => readGgufOrigin(path)),
      ]
      return outcomes.includes('taken') ? 'taken' : 'refused'
    },
  }
}

export function catalogueSubject(): Subject {
  const catalogue: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/catalogue.json'), 'utf8'))
  return {
    ...{ name: 'catalogue', share: 6 },
    run: (chance) => {
      const text = mutatedText(catalogue, chance)
      const { signatures } = signed('catalogue', text)
      const isWrapped = chance.next() < 0.8
      const envelope = isWrapped
        ? `{"catalogue":${text},"signatures":${JSON.stringify(signatures)}}`
        : mutatedText({ catalogue, signatures }, chance)
      return taken(() => {
        const whole = parseEnvelope(envelope)
        if (!whole) throw new AppError('catalogue_unsigned', 'No envelope')
        const found = verifyValue('catalogue', whole.json, whole.signatures, [signer.trusted])
        if (isWrapped && !('signer' in found)) throw new Error(`What was signed has the wrong signature: ${found.trouble}`)
        parseCatalogue(whole.json)
      })
    },
  }
}

export function bundleSubject(): Subject {
  const folder = join(temporaryFolder(), 'bundle')
  mkdirSync(folder)
  const presets = '[]'
  writeFileSync(join(folder, 'presets.json'), presets)
  const item = (kind: string, part: string, sizeBytes: number) => ({
    ...{ kind, name: kind, sha256: someHash, sizeBytes, parts: [part], of: null },
  })
  const manifest = {
    ...{ format: 'alambic-bundle', version: 1, name: 'Students', createdAt: '2026-11-24T00:00:00Z' },
    items: [item('model', 'a.gguf', 1000), item('presets', 'presets.json', presets.length), item('notice', 'notice.txt', 10)],
  }
  return {
    ...{ name: 'bundle', share: 10 },
    run: (chance) => {
      const text = mutatedText(manifest, chance)
      const signatures = signed('bundle', text)
      writeFileSync(join(folder, manifestName), text)
      writeFileSync(
        join(folder, `${manifestName}.sig`),
        chance.next() < 0.8 ? JSON.stringify(signatures) : mutatedText(signatures, chance),
      )
      return taken(async () => {
        const bundle = await BundleFolder.open(folder)
        bundle.signature([signer.trusted])
        for (const each of bundle.manifest.items) {
          await taken(() => lookAtItem(folder, each))
          if (each.kind === 'presets' || each.kind === 'notice') await taken(() => readWords(folder, each))
        }
      })
    },
  }
}

export function cardSubject(): Subject {
  const card = cardOf(someHash)
  return {
    ...{ name: 'card', share: 8 },
    run: (chance) => {
      const text = mutatedText(card, chance)
      const signatures = signed('card', text)
      const signatureText = chance.next() < 0.8 ? JSON.stringify(signatures) : mutatedText(signatures, chance)
      return taken(() => {
        const file = parseCard(text, signatureText, someHash)
        if (file.signatures) verifyValue('card', file.json, file.signatures, [signer.trusted])
      })
    },
  }
}

export function canonicalSubject(): Subject {
  const values = [cardOf(someHash), { a: [1, 2, { b: 'é\u2028', c: null }], d: { e: 1e21, f: -1.5e-7 } }]
  return {
    ...{ name: 'canonical', share: 6 },
    run: async (chance) => {
      const text = mutatedText(chance.oneOf(values), chance)
      try {
        parseCanonicalJson(text)
        return await Promise.resolve('taken')
      } catch (error) {
        if (error instanceof NotCanonical || error instanceof SyntaxError) return 'refused'
        throw error
      }
    },
  }
}

/** The key record: first as it is read, then by a vault that starts on it. */
export function recordSubject(): Subject {
  const room = new VaultRoom()
  let record: unknown = null
  const path = join(room.folder, 'vault.json')
  const made = async (): Promise<unknown> => {
    const vault = await room.opened()
    await vault.close()
    return JSON.parse(readFileSync(path, 'utf8'))
  }
  return {
    ...{ name: 'record', share: 10 },
    run: async (chance: Chance) => {
      record ??= await made()
      writeFileSync(path, mutatedText(record, chance))
      const outcome = await taken(() => readKeyRecord(path))
      const vault = await room.vault()
      await vault.close()
      return outcome
    },
    close: () => Promise.resolve(room.remove()),
  }
}
