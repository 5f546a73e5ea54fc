/** The machine behind a browser: it has no dialogs, and links are opened by whoever started it. */
import type { DesktopState } from '../../contract/entities.ts'
import { components, version } from '../host/components.ts'
import type { Desktop } from '../host/desktop.ts'

export class HeadlessDesktop implements Desktop {
  readonly #folders: readonly string[]
  readonly #open: (url: string) => void

  /**
   * @param folders where bundles may be found and put; a browser may not name a folder, whoever starts Alambic may
   * @param open opens an address in the person's browser
   */
  constructor({ folders, open }: { folders: readonly string[]; open: (url: string) => void }) {
    this.#folders = folders
    this.#open = open
  }

  state(): DesktopState {
    return {
      version,
      platform: process.platform,
      pickFiles: 'upload',
      pickFolders: 'named',
      notices: 'browser',
      components: [...components],
    }
  }

  /** The page asks its browser. */
  notify(): void {}

  pickFolder(): Promise<null> {
    return Promise.resolve(null)
  }

  pickKeyFile(): Promise<null> {
    return Promise.resolve(null)
  }

  pickCatalogueFile(): Promise<null> {
    return Promise.resolve(null)
  }

  pickRecognitionFile(): Promise<null> {
    return Promise.resolve(null)
  }

  pickDocumentFiles(): Promise<readonly string[]> {
    return Promise.resolve([])
  }

  pickWorkspaceFile(): Promise<null> {
    return Promise.resolve(null)
  }

  folders(): readonly string[] {
    return this.#folders
  }

  pickModelFile(): Promise<null> {
    return Promise.resolve(null)
  }

  openLink(url: string): Promise<void> {
    this.#open(url)
    return Promise.resolve()
  }
}
