/** The engine process's entry: closes its doors, then joins llama.cpp to the parent's port. Only wiring. */
import { serve } from '../../contract/link.ts'
import { startWorker } from '../worker/start-worker.ts'
import { answerBindingTrials } from './binding-trials.ts'
import { engineContract } from './contract.ts'

const port = await startWorker()
answerBindingTrials()
const { LlamaEngine } = await import('./llama-engine.ts')
serve(port, engineContract, new LlamaEngine().handlers, (error, method) => {
  process.stderr.write(`${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return method
})
