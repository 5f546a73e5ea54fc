// The baseline: node-llama-cpp alone, its evaluate loop and nothing around it.
import { getLlama, LlamaLogLevel, type Token } from 'node-llama-cpp'

const [path = '', threads = '1', answerTokens = '100', keptTokens = '64', newTokens = '32'] = process.argv.slice(2)
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  maxThreads: Number(threads),
  logLevel: LlamaLogLevel.error,
})
const model = await llama.loadModel({ modelPath: path })
const context = await model.createContext({ contextSize: 8192, batchSize: 256, threads: Number(threads) })
const sequence = context.getSequence()
const text = model.tokenize(
  'The lease begins on the first of March and the rent is due on the first day of each month. '.repeat(400),
)
const some = (from: number, count: number): Token[] => text.slice(from, from + count)

await sequence.evaluateWithoutGeneratingNewTokens(some(0, Number(keptTokens)))
const asked = performance.now()
let first = 0
let last = 0
let count = 0
for await (const _token of sequence.evaluate(some(Number(keptTokens), Number(newTokens)), {
  temperature: 0,
  yieldEogToken: true,
})) {
  last = performance.now()
  first ||= last
  if (++count >= Number(answerTokens)) break
}
process.send?.({ decode: ((count - 1) * 1000) / (last - first), firstTokenMs: first - asked }, () => process.exit(0))
