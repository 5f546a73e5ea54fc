/** The machine behind a browser: no dialogs and no programs to open; the page does both itself. */
import type { DesktopState } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { components, version } from '../host/components.ts'
import type { Desktop } from '../host/desktop.ts'

export class HeadlessDesktop implements Desktop {
  readonly #folders: readonly string[]

  /** @param folders where bundles may be found and put; a browser may not name a folder, whoever starts Alambic may */
  constructor({ folders }: { folders: readonly string[] }) {
    this.#folders = folders
  }

  state(): DesktopState {
    return {
      version,
      platform: process.platform,
      pickFiles: 'upload',
      pickFolders: 'named',
      opensLinks: false,
      components: [...components],
    }
  }

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

  openLink(): Promise<void> {
    return Promise.reject(new AppError('not_found', 'This skin opens no links; the page does'))
  }
}
