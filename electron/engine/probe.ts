/** Tries one backend in this process: whether it starts, what it finds, and whether it computes what it should. */
import type { Token } from 'node-llama-cpp'
import { AppError } from '../../contract/errors.ts'
import type { Backend, ProbeReport } from './contract.ts'
import { OpenedFile } from './opened-file.ts'
import { cardMemory } from './used-memory.ts'

/** What the small model reads; any text of it would do. */
const probeText = 'alambic'

/**
 * @param path of the small model with a known answer
 * @throws AppError backend_failed {reason: not_installed, no_device, failed; detail}
 */
export async function probeBackend(backend: Backend, path: string): Promise<ProbeReport> {
  const gpu = backend === 'cpu' ? false : backend
  let complaint = ''
  const failed = (reason: 'not_installed' | 'no_device' | 'failed', cause?: unknown): AppError => {
    const detail = (complaint || (cause instanceof Error ? cause.message : '')).slice(0, 300)
    return new AppError('backend_failed', `The backend ${backend} is of no use here: ${reason}`, { reason, detail }, { cause })
  }
  const logger = (_level: unknown, message: string): void => void (complaint = message.trim() || complaint)
  const { getLlama } = await import('node-llama-cpp')
  const llama = await getLlama({ gpu, build: 'never', skipDownload: true, maxThreads: 1, logger }).catch((error: unknown) => {
    const isMissing = error instanceof Error && /NoBinaryFound/.test(`${error.name} ${error.message}`)
    throw failed(isMissing ? 'not_installed' : 'failed', error)
  })
  // Asked for a backend that it does not have, the library may hand out the processor instead.
  if (llama.gpu !== gpu) throw failed('no_device')
  let file: OpenedFile | null = null
  try {
    file = new OpenedFile(path)
    const model = await llama.loadModel({ modelPath: file.path, useMmap: false, ...(gpu ? { gpuLayers: 'max' } : {}) })
    const context = await model.createContext({ contextSize: 64, batchSize: 32, threads: 1 })
    const tokens = model.tokenize(probeText, false)
    const before = tokens.slice(0, -1)
    const last = tokens.at(-1) ?? (0 as Token)
    const sequence = context.getSequence()
    const results = await sequence.controlledEvaluate([...before, [last, { generateNext: { logits: true } }]])
    const found = results.at(-1)?.next.logits
    const { total, free } = await cardMemory(llama)
    return {
      devices: gpu ? await llama.getGpuDeviceNames() : [],
      totalBytes: total,
      freeBytes: free,
      instructionSets: [...llama.systemInfo.matchAll(/([A-Z][A-Z0-9_]+) = 1/g)].map(([, name]) => name ?? ''),
      logits: Array.from({ length: found?.size ?? 0 }, (_, token) => found?.get(token as Token) ?? 0),
      file: file.identity(),
    }
  } catch (error) {
    throw failed('failed', error)
  } finally {
    file?.close()
  }
}
