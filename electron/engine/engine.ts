/** The engine process's entry: joins llama.cpp to the parent's port. Only wiring. */
import { serve } from '../../contract/link.ts'
import { engineContract } from './contract.ts'
import { answerBindingTrials } from './electron-fork-shim.ts'
import { LlamaEngine } from './llama-engine.ts'
import { parentPort } from '../worker/parent-port.ts'

answerBindingTrials()
const engine = new LlamaEngine()
serve(parentPort(), engineContract, engine.handlers, (error, method) => {
  process.stderr.write(`${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return method
})
