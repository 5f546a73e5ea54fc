/** The answering side of the vault's own process. */
import type { CopyStep, FileKind, KeyWorkHandlers } from './key-work.ts'
import { argon2Key, charactersOf, normalised, passphraseBytes } from './passphrase.ts'
import { SealedLine } from '../../../worker/sealed-line.ts'
import { scoreOf } from './strength.ts'

/** What is done to databases, each at once and as long as it takes. */
interface DatabaseWork {
  copy: CopyUnderKey
  check: Check
  migrate: (file: { path: string; key: Buffer }, kind: FileKind, last: number) => void
}

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

export function keyWorkHandlers({ copy, check, migrate }: DatabaseWork): KeyWorkHandlers {
  const line = new SealedLine()
  return {
    key: {
      greet: () => ({ publicKey: line.publicKey }),
      derive: async ({ publicKey, box, salt, cost }) => {
        // What the text leaves in memory goes with this process.
        const passphrase = passphraseBytes(line.open(box, publicKey, 'to-worker').toString())
        const key = await argon2Key(passphrase, Buffer.from(salt, 'base64'), cost)
        return { box: line.seal(key, publicKey, 'to-host') }
      },
      judge: async ({ publicKey, box, context }) => {
        const text = normalised(line.open(box, publicKey, 'to-worker').toString())
        const characters = charactersOf(text)
        return { characters, score: context === null ? null : await scoreOf(text, context) }
      },
      copy: ({ publicKey, box, source, target, tidy }) => {
        const keys = line.open(box, publicKey, 'to-worker')
        const next = keys.length > 32 ? keys.subarray(32) : null
        return toldBetween(copy(source, target, { present: keys.subarray(0, 32), next }, tidy))
      },
      check: ({ publicKey, box, path, ...facts }, { signal }) =>
        check({ path, key: line.open(box, publicKey, 'to-worker') }, facts, signal),
      migrate: ({ publicKey, box, path, kind, last }) =>
        migrate({ path, key: line.open(box, publicKey, 'to-worker') }, kind, last),
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
