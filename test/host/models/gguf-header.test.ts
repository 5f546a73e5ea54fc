// Headers of real, damaged and hostile GGUF files. The parser must answer every one of them in bounded time and memory.
import { ftruncateSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getLlama, LlamaLogLevel } from 'node-llama-cpp'
import { afterAll, describe, expect, test } from 'vitest'
import { AppError } from '../../../contract/errors.ts'
import { purposeOf } from '../../../electron/host/models/gguf/architecture-purpose.ts'
import { readGgufHeader } from '../../../electron/host/models/gguf/gguf-header.ts'
import { estimateMemory } from '../../../electron/host/models/gguf/memory-estimate.ts'
import { tensorTypes } from '../../../electron/host/models/gguf/tensor-types.ts'
import { makeLexicalModel } from '../../fixtures/gguf/bert-model.ts'
import { ggufHeaderBytes, scalar, type GgufKeys, type GgufTensor } from '../../fixtures/gguf/gguf-writer.ts'
import { llamaCppFiles } from '../../fixtures/gguf/llama-cpp-source.ts'
import { makeTestModels } from '../../fixtures/gguf/scripted-models.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

const cache = join(import.meta.dirname, '../../../.cache')
const models = makeTestModels(join(cache, 'gguf'))
const folder = mkdtempSync(join(tmpdir(), 'alambic-header-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function write(...parts: (string | Uint8Array)[]): string {
  const path = join(folder, `${files++}.gguf`)
  writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part))))
  return path
}
async function refusal(path: string): Promise<{ code: string; data: Record<string, unknown> | undefined }> {
  const error: unknown = await readGgufHeader(path).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError)) throw new Error(`Not refused, or not with an AppError: ${String(error)}`)
  return { code: error.code, data: error.data }
}
/** Sums and products of whole numbers, with C's division. */
function evaluate(formula: string): number {
  const inner = formula.replace(/\(([^()]*)\)/g, (_, part: string) => String(evaluate(part)))
  if (inner !== formula) return evaluate(inner)
  return formula.split('+').reduce((sum, term) => {
    const [first = '', ...rest] = term.split('-')
    const product = (text: string): number =>
      (text.match(/[*/]|\d+/g) ?? []).reduce(
        (value, token, index, all) =>
          index % 2 === 1
            ? value
            : index === 0
              ? Number(token)
              : all[index - 1] === '*'
                ? value * Number(token)
                : Math.floor(value / Number(token)),
        0,
      )
    return sum + rest.reduce((difference, part) => difference - product(part), product(first))
  }, 0)
}
const u32 = (value: number) => scalar('u32', value)
const u64 = (value: number) => scalar('u64', value)
const text = (value: string) => scalar('string', value)
/** The fixed beginning: magic, version, counts. */
const head = (tensors: number, keys: number, version = 3) =>
  Buffer.concat([Buffer.from('GGUF'), u32(version), u64(tensors), u64(keys)])

const goodKeys: GgufKeys = {
  'general.architecture': { type: 'string', value: 'llama' },
  'general.name': { type: 'string', value: 'Good' },
  'llama.context_length': { type: 'u32', value: 4096 },
  'llama.block_count': { type: 'u32', value: 2 },
  'llama.embedding_length': { type: 'u32', value: 64 },
  'llama.attention.head_count': { type: 'u32', value: 4 },
  'llama.attention.head_count_kv': { type: 'array', of: 'i32', value: [2, 1] },
  'llama.feed_forward_length': { type: 'u32', value: 96 },
  'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: ['a', 'b', 'c'] },
  'tokenizer.ggml.scores': { type: 'array', of: 'f32', value: [0, 0, 0] },
}
const goodTensors: GgufTensor[] = [
  { name: 'token_embd.weight', dims: [64, 3], type: 'F16', fill: null },
  { name: 'output_norm.weight', dims: [64], type: 'F32', fill: null },
]
const dataBytes = 64 * 3 * 2 + 64 * 4
const good = (keys: GgufKeys = {}, tensors = goodTensors): Buffer => {
  const merged = Object.fromEntries(Object.entries({ ...goodKeys, ...keys }).filter(([key]) => !removed.has(key)))
  return Buffer.concat([ggufHeaderBytes(merged, tensors), Buffer.alloc(dataBytes)])
}
const removed = new Set<string>()
function without(key: string): Buffer {
  removed.add(key)
  try {
    return good()
  } finally {
    removed.delete(key)
  }
}
/** The good file with bytes replaced after the first occurrence of a text. */
function patched(after: string, skip: number, bytes: Uint8Array): Buffer {
  const file = good()
  const at = file.indexOf(after)
  if (at < 0) throw new Error(`${after} is not in the file`)
  file.set(bytes, at + after.length + skip)
  return file
}

describe('good files', () => {
  test('the small one', async () => {
    const header = await readGgufHeader(write(good()))
    expect(header).toMatchObject({
      architecture: 'llama',
      name: 'Good',
      licence: null,
      chatTemplate: null,
      quantisation: 'F16',
      parameters: 64 * 3 + 64,
      trainedContextTokens: 4096,
      layers: 2,
      headCounts: [4, 4],
      keyValueHeadCounts: [2, 1],
      keyLength: 16,
      valueLength: 16,
      vocabularySize: 3,
      tensorBytes: dataBytes,
    })
    expect(estimateMemory(header, 1000).cacheBytes).toBe(1000 * (2 + 1) * (16 + 16) * 2)
  })

  test.each(Object.entries(models))('the model made for tests: %s', async (name, { path, name: title }) => {
    const header = await readGgufHeader(path)
    expect(header).toMatchObject({
      architecture: 'llama',
      name: title,
      sizeBytes: statSync(path).size,
      quantisation: name === 'random' ? 'Q8_0' : 'F16',
    })
    expect(header.chatTemplate === null).toBe(name === 'templateless')
    expect(header.licence).toBe(['english', 'french', 'cited'].includes(name) ? 'CC0-1.0' : null)
  })

  const tiny = process.env['ALAMBIC_TINY_MODEL'] ?? ''
  test('SmolLM2-135M-Instruct', async () => {
    const header = await readGgufHeader(tiny)
    expect(header).toMatchObject({
      architecture: 'llama',
      quantisation: 'Q4_1',
      trainedContextTokens: 8192,
      layers: 30,
      vocabularySize: 49152,
      keyLength: 64,
    })
    expect(header.parameters).toBe(134_515_008)
    expect(header.chatTemplate).toContain('<|im_start|>')
    expect(estimateMemory(header, 2048).cacheBytes).toBe(2048 * 30 * 3 * 128 * 2)
  })

  test('the estimate is not below what llama.cpp takes, nor far above (bug: a model that does not fit is let in)', async () => {
    const header = await readGgufHeader(models.slow.path)
    const llama = await getLlama({
      gpu: false,
      build: 'never',
      skipDownload: true,
      maxThreads: 1,
      logLevel: LlamaLogLevel.disabled,
    })
    const model = await llama.loadModel({ modelPath: models.slow.path })
    try {
      const context = await model.createContext({ contextSize: 4096, batchSize: 256, threads: 1 })
      const estimate = estimateMemory(header, 4096)
      const { ram } = context.memoryUsage
      expect(estimate.cacheBytes).toBe(4096 * 24 * 2 * 64 * 2 * 2)
      expect(estimate.cacheBytes + estimate.computeBytes).toBeGreaterThanOrEqual(ram * 0.95)
      expect(estimate.cacheBytes + estimate.computeBytes).toBeLessThan(ram * 2)
    } finally {
      await model.dispose()
      await llama.dispose()
    }
  })
})

describe('tables', () => {
  const paths = ['ggml/src/ggml-common.h', 'ggml/include/ggml.h', 'src/llama-arch.cpp'] as const
  const copies = llamaCppFiles(cache, paths)
  const [common, types, architectures] = paths.map((path) => readFileSync(copies[path], 'utf8'))

  test('types and blocks are ggml’s own (bug: a whole file called truncated)', () => {
    const known = [...(types ?? '').matchAll(/^ *GGML_TYPE_(\w+)\s*= (\d+),/gm)].filter(([, name]) => name !== 'COUNT')
    expect(known.map(([, name, id]) => [Number(id), name])).toEqual([...tensorTypes].map(([id, { name }]) => [id, name]))
    // The asserted sizes: sums of products of a few constants.
    const constants = new Map(
      [...(common ?? '').matchAll(/#define (QK\w*|K_SCALE_SIZE) (\d+)/g)].map(([, name, value]) => [name, Number(value)]),
    )
    constants.set('IQ3S_N_SCALE', 256 / 64)
    const sizes: Record<string, number> = { ggml_half: 2, float: 4, uint8_t: 1, uint16_t: 2, int16_t: 2, uint32_t: 4 }
    const asserted = [...(common ?? '').matchAll(/static_assert\(sizeof\(block_(\w+)\) == (.+), "wrong/g)]
    expect(asserted.length).toBeGreaterThan(20)
    for (const [, name = '', formula = ''] of asserted) {
      const plain = formula
        .replace(/sizeof\((\w+)\)/g, (_, type: string) => String(sizes[type]))
        .replace(/[A-Z]\w+/g, (constant) => String(constants.get(constant)))
      expect(plain).toMatch(/^[\d\s+*/()-]+$/)
      const type = [...tensorTypes.values()].find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
      const block =
        constants.get(`QK${name.slice(1).toUpperCase()}`) ??
        constants.get(`QK_${name.toUpperCase()}`) ??
        (name === 'iq4_nl' ? 32 : 256)
      expect([name, type?.blockBytes, type?.blockElements]).toEqual([name, evaluate(plain), block])
    }
  })

  test('every architecture of llama.cpp has a purpose (bug: a good model called unknown after an update)', () => {
    const names = [...(architectures ?? '').matchAll(/\{ LLM_ARCH_\w+,\s*"([^"(]+)"/g)].map(([, name]) => name ?? '')
    expect(names.length).toBeGreaterThan(100)
    expect(names.filter((name) => purposeOf(name) === null)).toEqual([])
  })
})

describe('what a model is for (bug: an embedder offered to talk to, a reranker asked for vectors)', () => {
  const made = (purpose: 'embedder' | 'reranker', pooling?: number | null): string => {
    const path = join(temporaryFolder(), 'made.gguf')
    makeLexicalModel(path, { name: 'Made', purpose, ...(pooling === undefined ? {} : { pooling }) })
    return path
  }
  test.each([
    ['bert', () => made('embedder'), 'embedder'],
    ['bert that does not say how it pools', () => made('embedder', null), 'embedder'],
    ['a head that ranks', () => made('reranker'), 'reranker'],
    ['a head that ranks, and no word of it', () => made('reranker', null), 'reranker'],
    ['a llama', () => models.english.path, 'chat'],
    ['a pooled llama', () => write(good({ 'llama.pooling_type': { type: 'u32', value: 3 } })), 'embedder'],
    ['a llama that says that it does not pool', () => write(good({ 'llama.pooling_type': { type: 'u32', value: 0 } })), 'chat'],
    ['a llama that ranks', () => write(good({ 'llama.pooling_type': { type: 'u32', value: 4 } })), 'reranker'],
  ])('%s', async (_, path, purpose) => {
    expect((await readGgufHeader(path())).purpose).toBe(purpose)
  })
})

describe('files that are something else', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['three bytes', Buffer.from('GGU')],
    ['another magic', Buffer.from(`XXXX${'\0'.repeat(40)}`)],
    ['a zip', Buffer.from(`PK\u0003\u0004${'x'.repeat(100)}`)],
  ])('%s: not GGUF', async (_, bytes) => {
    expect(await refusal(write(bytes))).toEqual({ code: 'model_not_gguf', data: undefined })
  })

  test('a folder, a missing file', async () => {
    expect(await refusal(folder)).toMatchObject({ code: 'model_not_gguf' })
    expect(await refusal(join(folder, 'missing'))).toMatchObject({ code: 'file_unreadable' })
  })

  test.each<[string, GgufKeys, string]>([
    ['an adapter', { 'general.type': { type: 'string', value: 'adapter' } }, 'adapter'],
    ['a projector', { 'general.type': { type: 'string', value: 'mmproj' } }, 'projector'],
    ['clip', { 'general.architecture': { type: 'string', value: 'clip' } }, 'projector'],
    ['speech', { 'general.architecture': { type: 'string', value: 'wavtokenizer-dec' } }, 'other'],
  ])('%s is nothing to talk to', async (_, keys, kind) => {
    expect(await refusal(write(good(keys)))).toEqual({ code: 'model_not_chat', data: { kind } })
  })

  test('vocabularies alone', async () => {
    const [qwen, bert] = ['models/ggml-vocab-qwen2.gguf', 'models/ggml-vocab-bert-bge.gguf'] as const
    const copies = llamaCppFiles(cache, [qwen, bert])
    expect(await refusal(copies[qwen])).toEqual({ code: 'model_not_chat', data: { kind: 'vocabulary' } })
    expect(await refusal(copies[bert])).toEqual({ code: 'model_not_chat', data: { kind: 'vocabulary' } })
  })

  test('an architecture that llama.cpp does not know is named, at most 64 letters of it', async () => {
    const value = 'mystery'.repeat(100)
    const { code, data } = await refusal(write(good({ 'general.architecture': { type: 'string', value } })))
    expect(code).toBe('model_unknown_architecture')
    expect(data).toEqual({ architecture: value.slice(0, 64) })
    expect(purposeOf('constructor')).toBeNull()
  })
})

describe('truncated files', () => {
  test('weights that are missing are counted', async () => {
    const whole = good()
    expect(await refusal(write(whole.subarray(0, -1)))).toEqual({
      code: 'model_truncated',
      data: { expectedBytes: whole.length, sizeBytes: whole.length - 1 },
    })
  })

  test('cut anywhere, it is truncated and nothing else (bug: a broken download called no model)', async () => {
    const whole = good()
    for (let size = 4; size < whole.length; size += 3) {
      const { code, data } = await refusal(write(whole.subarray(0, size)))
      expect(code, `cut at ${size}`).toBe('model_truncated')
      expect(data?.['sizeBytes']).toBe(size)
      expect(data?.['expectedBytes']).toBeGreaterThan(size)
    }
  })

  test('a real vocabulary cut in its tokens', async () => {
    const whole = readFileSync(models.long.path)
    for (const size of [100, 5000, 60_000, 100_000])
      expect(await refusal(write(whole.subarray(0, size)))).toMatchObject({ code: 'model_truncated' })
  })
})

describe('hostile files', () => {
  const key = (name: string, type: number) => Buffer.concat([text(name), u32(type)])
  const huge = 2 ** 40
  test.each<[string, Uint8Array, string]>([
    ['counts of all ones', Buffer.concat([Buffer.from('GGUF'), u32(3), Buffer.alloc(16, 0xff)]), 'too_many_tensors'],
    ['a trillion keys', head(0, huge), 'too_many_keys'],
    ['a trillion tensors', head(huge, 0), 'too_many_tensors'],
    ['a key of 2^62 bytes', Buffer.concat([head(0, 1), scalar('u64', 2 ** 62), Buffer.from('aa')]), 'key'],
    ['an array of a trillion', Buffer.concat([head(0, 1), key('a', 9), u32(0), u64(huge)]), 'array_length'],
    ['a string of a trillion', Buffer.concat([head(0, 1), key('a', 8), u64(huge)]), 'string_length'],
    ['a string of a trillion in an array', Buffer.concat([head(0, 1), key('a', 9), u32(8), u64(1), u64(huge)]), 'string_length'],
    ['an array in an array', Buffer.concat([head(0, 1), key('a', 9), u32(9), u64(1), u32(9), u64(1)]), 'nested_array'],
    ['an unknown value type', Buffer.concat([head(0, 1), key('a', 13), u64(0)]), 'value_type'],
    ['an unknown element type', Buffer.concat([head(0, 1), key('a', 9), u32(99), u64(1), u64(0)]), 'value_type'],
    ['an empty key', Buffer.concat([head(0, 1), key('', 4), u32(0)]), 'key'],
    ['the same key twice', Buffer.concat([head(0, 2), key('a', 4), u32(0), key('a', 4), u32(0)]), 'duplicate_key'],
    ['version 1', head(0, 0, 1), 'version'],
    ['version 4', head(0, 0, 4), 'version'],
    ['version 0', head(0, 0, 0), 'version'],
    ['big-endian', head(0, 0, 0x03000000), 'big_endian'],
    ['no architecture', without('general.architecture'), 'missing_key'],
    ['no layers', without('llama.block_count'), 'missing_key'],
    ['no context', without('llama.context_length'), 'missing_key'],
    ['no width', without('llama.embedding_length'), 'missing_key'],
    ['a billion layers', good({ 'llama.block_count': { type: 'u32', value: 1e9 } }), 'bad_value'],
    ['no layers at all', good({ 'llama.block_count': { type: 'u32', value: 0 } }), 'bad_value'],
    ['layers in words', good({ 'llama.block_count': { type: 'string', value: 'two' } }), 'bad_value'],
    ['a negative context', good({ 'llama.context_length': { type: 'i32', value: -1 } }), 'bad_value'],
    [
      'heads for one layer only',
      good({ 'llama.attention.head_count_kv': { type: 'array', of: 'i32', value: [2] } }),
      'bad_value',
    ],
    ['a negative head', good({ 'llama.attention.head_count_kv': { type: 'array', of: 'i32', value: [2, -2] } }), 'bad_value'],
    ['alignment 0', good({ 'general.alignment': { type: 'u32', value: 0 } }), 'alignment'],
    ['alignment without bound', good({ 'general.alignment': { type: 'u32', value: 2 ** 31 } }), 'alignment'],
    ['alignment 33', good({ 'general.alignment': { type: 'u32', value: 33 } }), 'alignment'],
    ['alignment in words', good({ 'general.alignment': { type: 'string', value: '32' } }), 'alignment'],
    ['a tensor twice', good({}, [goodTensors[0]!, goodTensors[0]!]), 'duplicate_tensor'],
    ['a tensor name of 64 letters', good({}, [{ ...goodTensors[0]!, name: 'x'.repeat(64) }]), 'tensor_name'],
    ['five dimensions', good({}, [{ ...goodTensors[0]!, dims: [1, 1, 1, 1, 1] }]), 'tensor_shape'],
    ['a dimension of nothing', good({}, [{ ...goodTensors[0]!, dims: [64, 0] }]), 'tensor_shape'],
    ['dimensions that overflow', good({}, [{ ...goodTensors[0]!, dims: [2 ** 30, 2 ** 30] }]), 'tensor_shape'],
    ['a type that was removed', patched('output_norm.weight', 12, u32(4)), 'tensor_type'],
    ['a type of the future', patched('output_norm.weight', 12, u32(4000)), 'tensor_type'],
    ['a row that is no multiple of its block', patched('output_norm.weight', 12, u32(12)), 'tensor_shape'],
    ['an offset into another tensor', patched('output_norm.weight', 16, u64(32)), 'tensor_offset'],
    ['an offset behind the file', patched('output_norm.weight', 16, u64(2 ** 50)), 'tensor_offset'],
  ])('%s', async (_, bytes, reason) => {
    expect(await refusal(write(bytes))).toMatchObject({ code: 'model_malformed', data: { reason } })
  })

  test('a header that would never end, in a file with room for it (bug: minutes of reading)', async () => {
    const path = write(head(0, 1), key('a', 9), u32(8), u64(60_000_000))
    const file = openSync(path, 'r+')
    ftruncateSync(file, 2 ** 30)
    closeSync(file)
    const before = process.memoryUsage().rss
    // 268 MB of zero-length strings is the worst that a file can ask for: seconds.
    await expect(readGgufHeader(path)).rejects.toMatchObject({ code: 'model_malformed', data: { reason: 'header_too_big' } })
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('kept texts are bounded (bug: thousands of keys of a megabyte)', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `x${index}.context_length`)
    const parts = names.flatMap((name) => [key(name, 8), text('y'.repeat(1_000_000))])
    expect(await refusal(write(head(0, names.length), ...parts))).toMatchObject({ data: { reason: 'header_too_big' } })
  })

  test('two thousand random changes of a good header: parsed or refused, each within a bounded memory', async () => {
    let state = 12345
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state % below
    }
    const whole = good()
    const headerBytes = whole.length - dataBytes
    const before = process.memoryUsage().rss
    const path = join(folder, 'mutant.gguf')
    const outcomes = new Map<string, number>()
    for (let round = 0; round < 2000; round++) {
      const mutant = Buffer.from(whole)
      for (let change = random(4); change >= 0; change--) {
        const at = 4 + random(headerBytes - 4)
        if (random(3) === 0) mutant.fill(random(2) * 255, at, at + 1 + random(8))
        else mutant[at] = random(256)
      }
      writeFileSync(path, mutant.subarray(0, random(10) === 0 ? random(mutant.length) : mutant.length))
      const outcome = await readGgufHeader(path).then(
        () => 'parsed',
        (error: unknown) => (error instanceof AppError ? error.code : String(error)),
      )
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    const known = [
      'parsed',
      'model_not_gguf',
      'model_truncated',
      'model_malformed',
      'model_unknown_architecture',
      'model_not_chat',
    ]
    expect([...outcomes.keys()].filter((outcome) => !known.includes(outcome))).toEqual([])
    expect(outcomes.get('model_malformed')).toBeGreaterThan(100)
    expect(outcomes.get('parsed')).toBeGreaterThan(100)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })
})
