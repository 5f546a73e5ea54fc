// The baseline of embedding: node-llama-cpp alone, with the tokens that it should be given, and nothing around it.
import { getLlama, LlamaLogLevel, type Token } from 'node-llama-cpp'

const [path = '', threads = '1', before = ''] = process.argv.slice(2)
const llama = await getLlama({
  ...{ gpu: false, build: 'never', skipDownload: true },
  maxThreads: Number(threads),
  logLevel: LlamaLogLevel.error,
})
const model = await llama.loadModel({ modelPath: path, useMmap: false })
const context = await model.createEmbeddingContext({ contextSize: 513, batchSize: 513, threads: Number(threads) })
const { bos, eos } = model.tokens
const ends = (tokens: Token[]): Token[] => [
  ...(bos === null ? [] : [bos]),
  ...tokens.slice(0, 510),
  ...(eos === null ? [] : [eos]),
]
const embed = (text: string) => context.getEmbeddingFor(ends(model.tokenize(`${before}${text}`, false)))

process.once('message', (passages) => void measure(passages as string[]))

async function measure(passages: string[]): Promise<void> {
  for (const text of passages.slice(0, 2)) await embed(text)
  const began = performance.now()
  for (const text of passages) await embed(text)
  process.send?.((passages.length * 1000) / (performance.now() - began), () => process.exit(0))
}
