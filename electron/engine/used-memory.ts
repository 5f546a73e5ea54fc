/** What this process takes of the machine: its own memory, and that of a graphics card that has some of its own. */
import type { Llama } from 'node-llama-cpp'

/** In bytes. A card tells what all programs take of it, so only differences over a short while say something. */
export async function usedMemory(llama: Llama): Promise<number> {
  return process.memoryUsage.rss() + (await cardMemory(llama)).used
}

/** A card's own memory in bytes; nothing where it shares the machine's, which is counted already. */
export async function cardMemory(llama: Llama): Promise<{ total: number; free: number; used: number }> {
  const nothing = { total: 0, free: 0, used: 0 }
  if (llama.gpu === false) return nothing
  const { total, free, used, unifiedSize } = await llama.getVramState()
  return unifiedSize > 0 ? nothing : { total, free, used }
}
