/**
 * Which bundles may come in: who vouches for one, whether the settings let it pass, and what its catalogues are worth. Asked before
 * a byte is copied and again before anything is installed; nothing is copied or kept here.
 */
import { createHash } from 'node:crypto'
import type { BundleCatalogue, BundleItem, BundleManifest } from '../../../../contract/bundle.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { CardSignature } from '../../../../contract/lineage-card.ts'
import { canonicalJson } from '../../base/canonical-json.ts'
import type { TrustedKey } from '../../base/signed-value.ts'
import { BundleFolder, gone, readWords } from './bundle-folder.ts'
import type { Catalogues } from '../catalogue/catalogues.ts'

export interface BundleGateOptions {
  catalogues: Pick<Catalogues, 'fateOf'>
  trustedKeys: () => readonly TrustedKey[]
  /** Whether only what a trusted key has signed may come in. */
  signedOnly: () => boolean
}

export class BundleGate {
  readonly #options: BundleGateOptions

  constructor(options: BundleGateOptions) {
    this.#options = options
  }

  signature(bundle: BundleFolder): CardSignature {
    return bundle.signature(this.#options.trustedKeys())
  }

  /** What each catalogue in a bundle would do. */
  async fatesOf({ path, manifest }: BundleFolder): Promise<BundleCatalogue[]> {
    const fates: BundleCatalogue[] = []
    for (const item of cataloguesOf(manifest)) {
      try {
        fates.push(this.#options.catalogues.fateOf(await readWords(path, item)))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        fates.push({ fate: 'refused', trouble: error.toTrouble() })
      }
    }
    return fates
  }

  /** @throws AppError bundle_wrong_signature, bundle_must_be_signed, bundle_not_vouched */
  checkSigner(bundle: BundleFolder, insist: boolean): void {
    const { state } = this.signature(bundle)
    if (state === 'wrong_signature') throw new AppError('bundle_wrong_signature', 'Changed after signing')
    if (state === 'verified') return
    if (this.#options.signedOnly()) throw new AppError('bundle_must_be_signed', 'Nobody who is trusted signed it')
    if (!insist) throw new AppError('bundle_not_vouched', 'Nobody vouches for it')
  }

  /**
   * Looks again at one that was begun: the setting may be newer, and a key may have been taken back. What is kept of it has no
   * signature, so where only signed ones may come in the stick has to be there until all is.
   * @throws AppError bundle_gone, and as {@link checkSigner} does
   */
  async checkSignerAgain(folder: string, manifest: BundleManifest): Promise<void> {
    if (!this.#options.signedOnly()) return
    const bundle = await BundleFolder.open(folder).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'bundle_missing' ? gone(error) : error
    })
    // Another bundle may lie there by now, and its signature says nothing of this one.
    if (hashManifest(bundle.manifest) !== hashManifest(manifest)) throw gone()
    this.checkSigner(bundle, true)
  }

  /**
   * Keeps a bundle out whose catalogue is refused.
   * @param wordsOf what is kept of an item; null when nothing is, and the stick is read
   * @throws AppError catalogue_*, bundle_tampered, bundle_gone, file_unreadable
   */
  async checkCatalogues(
    folder: string,
    manifest: BundleManifest,
    wordsOf: (item: BundleItem) => string | null | undefined,
  ): Promise<void> {
    for (const item of cataloguesOf(manifest)) this.#options.catalogues.fateOf(wordsOf(item) ?? (await readWords(folder, item)))
  }
}

/** What a bundle is known by, wherever it lies. */
export function hashManifest(manifest: BundleManifest): string {
  return createHash('sha256').update(canonicalJson(manifest)).digest('hex')
}

function cataloguesOf({ items }: BundleManifest): BundleItem[] {
  return items.filter(({ kind }) => kind === 'catalogue')
}
