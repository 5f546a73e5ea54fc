/** The machine around a window: the system's file dialog and its programs for links. */
import type { Dialog, Shell } from 'electron'
import type { DesktopState } from '../../contract/entities.ts'
import { components, version } from '../host/components.ts'
import type { Desktop } from '../host/desktop.ts'
import type { AnswerNotice } from './answer-notice.ts'

export class ElectronDesktop implements Desktop {
  readonly #dialog: Pick<Dialog, 'showOpenDialog'>
  readonly #shell: Pick<Shell, 'openExternal'>
  readonly #notice: Pick<AnswerNotice, 'show'>

  constructor({
    dialog,
    shell,
    notice,
  }: {
    dialog: Pick<Dialog, 'showOpenDialog'>
    shell: Pick<Shell, 'openExternal'>
    notice: Pick<AnswerNotice, 'show'>
  }) {
    this.#dialog = dialog
    this.#shell = shell
    this.#notice = notice
  }

  state(): DesktopState {
    return {
      version,
      platform: process.platform,
      pickFiles: 'dialog',
      pickFolders: 'dialog',
      notices: 'skin',
      components: [...components],
    }
  }

  notify(words: string): void {
    this.#notice.show(words)
  }

  async pickFolder(): Promise<string | null> {
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      properties: ['openDirectory', 'createDirectory', 'dontAddToRecent'],
    })
    return canceled ? null : (filePaths[0] ?? null)
  }

  async pickKeyFile(): Promise<string | null> {
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      properties: ['openFile', 'dontAddToRecent'],
      filters: [{ name: 'PEM', extensions: ['pem', 'key'] }],
    })
    return canceled ? null : (filePaths[0] ?? null)
  }

  async pickCatalogueFile(): Promise<string | null> {
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      properties: ['openFile', 'dontAddToRecent'],
      filters: [{ name: 'JSON', extensions: ['json'] }],
    })
    return canceled ? null : (filePaths[0] ?? null)
  }

  async pickRecognitionFile(): Promise<string | null> {
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      properties: ['openFile', 'dontAddToRecent'],
      filters: [{ name: 'Tesseract', extensions: ['traineddata', 'gz'] }],
    })
    return canceled ? null : (filePaths[0] ?? null)
  }

  async pickDocumentFiles(): Promise<readonly string[]> {
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      // No filter: what a file is its bytes decide, and a name may be wrong.
      properties: ['openFile', 'multiSelections', 'dontAddToRecent'],
    })
    return canceled ? [] : filePaths
  }

  async pickWorkspaceFile(): Promise<string | null> {
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      properties: ['openFile', 'dontAddToRecent'],
    })
    return canceled ? null : (filePaths[0] ?? null)
  }

  folders(): readonly string[] {
    return []
  }

  async pickModelFile(): Promise<string | null> {
    const { canceled, filePaths } = await this.#dialog.showOpenDialog({
      // Not among the system's recent documents: what somebody works with is nobody's business.
      properties: ['openFile', 'dontAddToRecent'],
      filters: [{ name: 'GGUF', extensions: ['gguf'] }],
    })
    return canceled ? null : (filePaths[0] ?? null)
  }

  async openLink(url: string): Promise<void> {
    await this.#shell.openExternal(url)
  }
}
