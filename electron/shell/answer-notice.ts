/** A notice of the system that an answer has ended; where the system has none, the window asks for attention. A click brings the window. */
import type { BrowserWindow, Notification } from 'electron'

type Notice = Pick<Notification, 'on' | 'show'>

export interface AnswerNoticeOptions {
  isSupported: () => boolean
  make: (options: { title: string; body: string; silent: boolean }) => Notice
  /** Null before it is there. */
  window: () => Pick<BrowserWindow, 'isFocused' | 'isMinimized' | 'restore' | 'show' | 'focus' | 'flashFrame'> | null
}

export class AnswerNotice {
  readonly #options: AnswerNoticeOptions
  /** Held, for a notice that nobody holds answers no click. */
  #shown: Notice | null = null

  constructor(options: AnswerNoticeOptions) {
    this.#options = options
  }

  /** @param words a sentence of ours. Nothing is said while the window is in front. */
  show(words: string): void {
    const { isSupported, make, window } = this.#options
    if (window()?.isFocused() ?? true) return
    if (!isSupported()) {
      window()?.flashFrame(true)
      return
    }
    const notice = make({ title: 'Alambic', body: words, silent: true })
    notice.on('click', () => {
      const shown = window()
      if (shown?.isMinimized()) shown.restore()
      shown?.show()
      shown?.focus()
    })
    this.#shown = notice
    this.#shown.show()
  }
}
