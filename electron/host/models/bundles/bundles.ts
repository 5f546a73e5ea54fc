/** All bundles that are on their way, in and out, as one list. */
import type { BundleWork } from '../../../../contract/bundle.ts'
import { watchAny } from '../../base/watch-any.ts'
import type { BundleExports } from './bundle-exports.ts'
import type { BundleImports } from './bundle-imports.ts'

interface BothWays {
  bundleImports: BundleImports
  bundleExports: BundleExports
}

/** Now and whenever one of them changes. */
export async function* watchBundles(
  { bundleImports, bundleExports }: BothWays,
  signal: AbortSignal,
): AsyncGenerator<BundleWork[]> {
  for await (const _change of watchAny([bundleImports.state, bundleExports.state], signal))
    yield [...bundleImports.state.value, ...bundleExports.state.value]
}

/** @throws AppError not_found */
export function cancelBundle({ bundleImports, bundleExports }: BothWays, workId: string): Promise<void> {
  const isExport = bundleExports.state.value.some(({ id }) => id === workId)
  return isExport ? bundleExports.cancel(workId) : bundleImports.cancel(workId)
}
