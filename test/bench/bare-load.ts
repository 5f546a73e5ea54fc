// The baseline of a load: node-llama-cpp alone, a model and one context, with the engine's own options.
import { getLlama, LlamaLogLevel } from 'node-llama-cpp'

const [path = '', contextTokens = '4096'] = process.argv.slice(2)
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, logLevel: LlamaLogLevel.error })
const began = performance.now()
const model = await llama.loadModel({ modelPath: path, useMmap: false })
await model.createContext({ contextSize: Number(contextTokens), batchSize: 256, threads: 1 })
process.send?.(performance.now() - began, () => process.exit(0))
