/** Asks for consent in a dialog of the system, which no page can reach. Escape, Enter and closing it are a no. */
import type { Dialog } from 'electron'
import { consentWords } from '../host/consent-words.ts'
import type { Consent, ConsentAnswer, ConsentQuestion } from '../host/consent.ts'

export class ConsentDialog implements Consent {
  readonly where = 'dialog'
  readonly #dialog: Pick<Dialog, 'showMessageBox'>

  constructor({ dialog }: { dialog: Pick<Dialog, 'showMessageBox'> }) {
    this.#dialog = dialog
  }

  async ask(question: ConsentQuestion, signal: AbortSignal): Promise<ConsentAnswer> {
    const { title, detail, answers } = consentWords(question)
    const { response } = await this.#dialog.showMessageBox({
      type: 'question',
      title: 'Alambic',
      message: title,
      detail: `${question.address}\n\n${detail}`,
      buttons: answers.map(({ words }) => words),
      defaultId: 0,
      cancelId: 0,
      // An ampersand in an address is no shortcut.
      normalizeAccessKeys: false,
      noLink: true,
      signal,
    })
    return signal.aborted ? 'no' : (answers[response]?.answer ?? 'no')
  }
}
