/** Files that are attached to one conversation: on their way, being read, ready, or failed. */
import type { Client } from '../../contract/contract.ts'
import type { Document } from '../../contract/document.ts'
import type { Place } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { follow } from './follow.ts'
import { Sending, type SendFile } from './models.svelte.ts'
import { Task } from './task.svelte.ts'

/** More than anybody attaches. */
const most = 1000

/** A file that was not attached, until the person has read it. */
export interface RefusedAttachment {
  name: string
  trouble: AppError
}

export class AttachmentsState {
  readonly #client: Client
  readonly #sendFile: SendFile
  #place: Place | null = null
  #rows = $state.raw<Document[]>([])
  #sendings = $state.raw<Sending[]>([])
  #refused = $state.raw<RefusedAttachment[]>([])
  #listening: AbortController | null = null
  /** Picking, removing and the like. */
  readonly task = new Task()

  constructor(client: Client, sendFile: SendFile) {
    this.#client = client
    this.#sendFile = sendFile
  }

  /** All of the conversation. */
  get all(): Document[] {
    return this.#rows
  }

  /** Those that go with the next question. */
  get coming(): Document[] {
    return this.#rows.filter(({ parentId }) => parentId === null)
  }

  /** Those that came with a question. */
  of(messageId: string): Document[] {
    return this.#rows.filter(({ parentId }) => parentId === messageId)
  }

  get sendings(): Sending[] {
    return this.#sendings
  }

  get refused(): RefusedAttachment[] {
    return this.#refused
  }

  /** One of them is still on its way or being read: a question would not see it. */
  get busy(): boolean {
    return this.#sendings.length > 0 || this.coming.some(({ stage }) => isBeingRead(stage))
  }

  /** Follows the attachments of a conversation, or of none. */
  watch(place: Place | null): void {
    if (place?.conversationId === this.#place?.conversationId && place?.workspaceId === this.#place?.workspaceId) return
    this.#listening?.abort()
    this.#place = place
    this.#rows = []
    this.task.forget()
    if (!place) return
    const listening = new AbortController()
    this.#listening = listening
    const query = { ...place, filter: 'all', name: '', sort: 'newest', limit: most } as const
    void follow(
      (signal) => this.#client.documents.list(query, { signal }),
      ({ rows }) => (this.#rows = rows.toReversed()),
      listening.signal,
      () => undefined,
    )
  }

  /** Asks the system's dialog. */
  async pick(place: Place): Promise<void> {
    await this.task.run(async () => {
      const references = (await this.#client.desktop.pickDocuments({})).map(({ reference }) => reference)
      if (references.length > 0) await this.#client.documents.add({ ...place, references })
    })
  }

  /** Hands files over one after the other. What is refused is told. */
  async send(place: Place, files: readonly File[]): Promise<void> {
    const sendings = files.map((file) => ({ file, sending: new Sending(file.name, file.size) }))
    this.#sendings = [...this.#sendings, ...sendings.map(({ sending }) => sending)]
    for (const { file, sending } of sendings) await this.#send(place, file, sending)
  }

  dismiss(refused: RefusedAttachment): void {
    this.#refused = this.#refused.filter((other) => other !== refused)
  }

  remove(documentId: string): Promise<boolean> {
    return this.#act(({ workspaceId }) => this.#client.documents.remove({ workspaceId, documentIds: [documentId] }))
  }

  /** In the languages of the settings. */
  recognise(documentId: string): Promise<boolean> {
    return this.#act(({ workspaceId }) => this.#client.documents.recognise({ workspaceId, documentId }))
  }

  readAgain(documentId: string, password?: string): Promise<boolean> {
    return this.#act(({ workspaceId }) =>
      this.#client.documents.readAgain({ workspaceId, documentId, ...(password === undefined ? {} : { password }) }),
    )
  }

  forget(): void {
    for (const sending of this.#sendings) sending.cancel()
    this.watch(null)
    this.#refused = []
  }

  async #send(place: Place, file: File, sending: Sending): Promise<void> {
    try {
      const report = (fraction: number): void => sending.report(fraction * file.size)
      // One that was given up while it waited for its turn is not begun.
      if (sending.signal.aborted) return
      const { reference } = await this.#sendFile(file, report, sending.signal, 'document')
      await this.#client.documents.add({ ...place, references: [reference] })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code !== 'cancelled') this.#refused = [...this.#refused, { name: file.name, trouble: error }]
    } finally {
      this.#sendings = this.#sendings.filter((other) => other !== sending)
    }
  }

  #act(work: (place: Place) => Promise<unknown>): Promise<boolean> {
    return this.task.run(async () => {
      if (this.#place) await work(this.#place)
    })
  }
}

function isBeingRead(stage: Document['stage']): boolean {
  return stage === 'waiting' || stage === 'reading' || stage === 'recognising'
}
