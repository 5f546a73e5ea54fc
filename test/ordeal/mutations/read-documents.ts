/** Documents, changed, in a real reader process that is made anew whenever one ends it. */
import { ReaderKeeper } from '../../../electron/host/workspaces/reader-keeper.ts'
import { readDocument } from '../../fixtures/documents/read-document.ts'
import { samples } from '../../fixtures/documents/samples.ts'
import { launchReader } from '../../fixtures/test-host.ts'
import { mutatedBytes } from './mutated.ts'
import { taken, type Subject } from './subject.ts'

/** Under the thirty seconds that a case may take. */
const limits = { silenceMs: 10_000, totalMs: 20_000 }

/** Not those that need recognition: a page of it takes seconds of both processors. */
const readable = samples.filter(({ format }) => format !== 'image')

/** @param onStart told of every process that is started */
export function documentSubject(onStart: () => void): Subject {
  const keeper = new ReaderKeeper({
    launch: () => {
      onStart()
      return launchReader()
    },
    limits,
  })
  const bytes = readable.map((sample) => sample.bytes)
  return {
    ...{ name: 'document', share: 10 },
    run: (chance) => {
      const { name, bytes: good, password } = chance.oneOf(readable)
      return taken(() => readDocument(keeper, name, mutatedBytes(good, chance, bytes), { password }))
    },
    close: () => keeper.close(),
  }
}
