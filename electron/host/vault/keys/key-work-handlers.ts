/** The answering side of the vault's own process. */
import type { CopyStep, KeyWorkHandlers } from './key-work.ts'
import { argon2Key } from './passphrase.ts'
import { SealedLine } from './sealed-line.ts'
import { scoreOf } from './strength.ts'

/** Writes a copy of a database under another key. */
type CopyUnderKey = (
  source: string,
  target: string,
  keys: { present: Buffer; next: Buffer | null },
  tidy: string | null,
) => Iterable<CopyStep>

/** Checks a copy. */
type Check = (
  copy: { path: string; key: Buffer },
  facts: { sizeBytes: number; counts: Record<string, number> },
  signal: AbortSignal,
) => Promise<void>

export function keyWorkHandlers(copyUnderKey: CopyUnderKey, check: Check): KeyWorkHandlers {
  const line = new SealedLine()
  return {
    key: {
      greet: () => ({ publicKey: line.publicKey }),
      derive: async ({ publicKey, box, salt, cost }) => {
        const passphrase = line.open(box, publicKey, 'to-worker')
        const key = await argon2Key(passphrase, Buffer.from(salt, 'base64'), cost)
        return { box: line.seal(key, publicKey, 'to-host') }
      },
      score: async ({ publicKey, box, context }) => {
        return { score: await scoreOf(line.open(box, publicKey, 'to-worker').toString(), context) }
      },
      copy: ({ publicKey, box, source, target, tidy }) => {
        const keys = line.open(box, publicKey, 'to-worker')
        const next = keys.length > 32 ? keys.subarray(32) : null
        return toldBetween(copyUnderKey(source, target, { present: keys.subarray(0, 32), next }, tidy))
      },
      check: ({ publicKey, box, path, ...facts }, { signal }) =>
        check({ path, key: line.open(box, publicKey, 'to-worker') }, facts, signal),
    },
  }
}

/** Each step travels before the next one holds the process. */
async function* toldBetween(steps: Iterable<CopyStep>): AsyncGenerator<CopyStep> {
  for (const step of steps) {
    yield step
    await new Promise((resolve) => setImmediate(resolve))
  }
}
