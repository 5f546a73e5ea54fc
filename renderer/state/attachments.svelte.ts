/** Files that are attached to one conversation: on their way, being read, ready, or failed. */
import type { Client } from '../../contract/contract.ts'
import type { Document } from '../../contract/document.ts'
import type { Message, Place } from '../../contract/conversation.ts'
import { withListUpdate } from '../../contract/list-update.ts'
import type { Area } from './area.ts'
import { follow } from './follow.ts'
import type { HandedFiles, RefusedFile } from './handed-files.ts'
import { handOver } from './hand-over.ts'
import { Sending, type SendFile } from './models.svelte.ts'
import { Task } from './task.svelte.ts'

/** More than anybody attaches. */
const most = 1000

export class AttachmentsState implements Area {
  readonly #client: Client
  readonly #sendFile: SendFile
  #place = $state.raw<Place | null>(null)
  #rows = $state.raw<Document[]>([])
  #sendings = $state.raw<(Place & { sending: Sending })[]>([])
  #refused = $state.raw<(Place & { refused: RefusedFile })[]>([])
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

  /** Those that go with the next question of a branch. Files that are inside of others are not shown by themselves. */
  coming(branch: readonly Message[]): Document[] {
    return this.#rows.filter((row) => row.parentId === null && !questionOf(row, branch))
  }

  /** Those that came with a question of a branch. */
  of(questionId: string, branch: readonly Message[]): Document[] {
    return this.#rows.filter((row) => row.parentId === null && questionOf(row, branch)?.id === questionId)
  }

  /** On their way to this conversation. */
  get sendings(): Sending[] {
    return this.#sendings.filter((each) => this.#isHere(each)).map(({ sending }) => sending)
  }

  /** What came to nothing for this conversation. */
  get refused(): RefusedFile[] {
    return this.#refused.filter((each) => this.#isHere(each)).map(({ refused }) => refused)
  }

  /** One of them is still on its way or being read: a question would not see it. */
  get busy(): boolean {
    return this.sendings.length > 0 || this.#rows.some(({ stage }) => isBeingRead(stage))
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
      (update) => (this.#rows = withListUpdate(this.#rows.toReversed(), update).toReversed()),
      listening.signal,
      () => undefined,
    )
  }

  /** Asks the system's dialog. */
  async pick(place: Place): Promise<void> {
    await this.task.once(async () => {
      const references = (await this.#client.desktop.pickDocuments({})).map(({ reference }) => reference)
      if (references.length > 0) await this.#client.documents.add({ ...place, references })
    })
  }

  /** Hands files over one after the other. What is refused is told. */
  async send(place: Place, files: readonly File[]): Promise<void> {
    const sendings = files.map((file) => ({ file, sending: new Sending(file.name, file.size) }))
    this.#sendings = [...this.#sendings, ...sendings.map(({ sending }) => ({ ...place, sending }))]
    for (const { file, sending } of sendings) await this.#send(place, file, sending)
  }

  /** Takes what was dropped or pasted. */
  async take(place: Place, { files, refused }: HandedFiles): Promise<void> {
    this.#refused = [...this.#refused, ...refused.map((each) => ({ ...place, refused: each }))]
    await this.send(place, files)
  }

  dismiss(refused: RefusedFile): void {
    this.#refused = this.#refused.filter((other) => other.refused !== refused)
  }

  /** Hands over again what was refused. */
  async again(refused: RefusedFile): Promise<void> {
    this.dismiss(refused)
    if (refused.file && this.#place) await this.send(this.#place, [refused.file])
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
    for (const { sending } of this.#sendings) sending.cancel()
    this.watch(null)
    this.#refused = []
  }

  async #send(place: Place, file: File, sending: Sending): Promise<void> {
    try {
      const refused = await handOver({ client: this.#client, sendFile: this.#sendFile }, place, file, sending)
      if (refused) this.#refused = [...this.#refused, { ...place, refused }]
    } finally {
      this.#sendings = this.#sendings.filter((other) => other.sending !== sending)
    }
  }

  #isHere({ workspaceId, conversationId }: Place): boolean {
    return workspaceId === this.#place?.workspaceId && conversationId === this.#place.conversationId
  }

  #act(work: (place: Place) => Promise<unknown>): Promise<boolean> {
    const place = this.#place
    return this.task.run(async () => {
      if (place) await work(place)
    })
  }
}

/** The first that was asked once it was attached; on another branch that is another one. */
function questionOf({ addedAt }: Document, branch: readonly Message[]): Message | undefined {
  return branch.find(({ role, createdAt }) => role === 'user' && createdAt >= addedAt)
}

function isBeingRead(stage: Document['stage']): boolean {
  return stage === 'waiting' || stage === 'reading' || stage === 'recognising'
}
