/** The order of the test files: the longest first, so that two workers end together and neither waits for one that began last. */
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Seconds that the longest take, for a machine that has not run them yet; the rest counts as nothing. */
const expectedSeconds: Record<string, number> = {
  'test/renderer/gallery/gallery.test.ts': 200,
  'test/ordeal/ordeal.test.ts': 180,
  'test/host/vault/reencryption.test.ts': 120,
  'test/e2e/prose-hostile.test.ts': 110,
  'test/host/vault/backup.test.ts': 90,
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = new Map(files.map((file) => [file, this.#secondsOf(file)]))
    return (await super.sort(files)).sort((one, other) => (seconds.get(other) ?? 0) - (seconds.get(one) ?? 0))
  }

  /** As the last run on this machine had it. */
  #secondsOf({ project, moduleId }: TestSpecification): number {
    const file = relative(this.ctx.config.root, moduleId)
    const last = this.ctx.cache.getFileTestResults(`${project.name}:${file}`)
    return last ? last.duration / 1000 : (expectedSeconds[file] ?? 0)
  }
}
