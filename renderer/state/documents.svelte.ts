/** The documents of the workspace that is shown: its table as far as it is looked at, files on their way, and the one that is read. */
import { SvelteSet } from 'svelte/reactivity'
import type { Client } from '../../contract/contract.ts'
import type { Document, DocumentsQuery, DocumentsSummary } from '../../contract/document.ts'
import { AppError } from '../../contract/errors.ts'
import type { ListUpdate } from '../../contract/list-update.ts'
import type { Area } from './area.ts'
import { follow } from './follow.ts'
import type { HandedFiles, RefusedFile } from './handed-files.ts'
import { handOver } from './hand-over.ts'
import { Sending, type SendFile } from './models.svelte.ts'
import { OpenDocument } from './open-document.svelte.ts'
import { PagedList } from './paged-list.svelte.ts'
import { Task } from './task.svelte.ts'

/** A name search waits until typing has paused this long, in milliseconds. */
const namePauseMs = 150
/** The host takes so many documents in one call. */
const mostAtOnce = 10_000

export type DocumentFilter = DocumentsQuery['filter']
export type DocumentSort = DocumentsQuery['sort']

export class DocumentsState implements Area {
  readonly #client: Client
  readonly #sendFile: SendFile
  #workspaceId = $state<string | null>(null)
  /** All are to be selected as they come. */
  readonly #list = new PagedList<Document>(() => {
    if (this.#selectsAll) this.selectAll()
  })
  #summary = $state.raw<DocumentsSummary | null>(null)
  #summaryTrouble = $state.raw<AppError | null>(null)
  #filter = $state<DocumentFilter>('all')
  #sort = $state<DocumentSort>('newest')
  #name = $state('')
  /** More rows are on their way, and are to be selected too. */
  #selectsAll = false
  #nameTimer: ReturnType<typeof setTimeout> | null = null
  #life: AbortController | null = null
  #sending = $state.raw<Sending | null>(null)
  /** Files still to be handed over, the present one included, and how many there were. */
  #queue = $state.raw<{ workspaceId: string; file: File }[]>([])
  #queued = $state(0)
  #refused = $state.raw<(RefusedFile & { workspaceId: string })[]>([])
  #reading = $state.raw<OpenDocument | null>(null)
  /** Ids of the rows that are selected. */
  readonly selected = new SvelteSet<string>()
  /** Somebody elsewhere wants to add files: the table opens the dialog. */
  adding = $state(false)
  /** The last thing that was asked of the host here. */
  readonly task = new Task()

  constructor(client: Client, sendFile: SendFile) {
    this.#client = client
    this.#sendFile = sendFile
  }

  /** The workspace whose documents these are; null when none is shown. */
  get workspaceId(): string | null {
    return this.#workspaceId
  }

  /** The first rows of the table, as far as it was looked at. */
  get rows(): Document[] {
    return this.#list.rows
  }

  /** Rows of the table in all. */
  get total(): number {
    return this.#list.total
  }

  get known(): boolean {
    return this.#list.known
  }

  /** Null until the host has said. */
  get summary(): DocumentsSummary | null {
    return this.#summary
  }

  /** Why the table cannot be followed; null as long as it can. */
  get trouble(): AppError | null {
    return this.#list.trouble ?? this.#summaryTrouble
  }

  get filter(): DocumentFilter {
    return this.#filter
  }

  get sort(): DocumentSort {
    return this.#sort
  }

  get name(): string {
    return this.#name
  }

  /** The file that is being handed over to the host; null when there is none. */
  get sending(): Sending | null {
    return this.#sending
  }

  /** Its place among those that were chosen together, from 1, and how many those are. */
  get sendingPlace(): { number: number; of: number } {
    return { number: this.#queued - this.#queue.length + 1, of: this.#queued }
  }

  /** Files for this workspace that came to nothing. */
  get refused(): RefusedFile[] {
    return this.#refused.filter(({ workspaceId }) => workspaceId === this.#workspaceId)
  }

  /** The document whose text is shown beside the table. */
  get reading(): OpenDocument | null {
    return this.#reading
  }

  /** Shows the documents of a workspace, or none. */
  show(workspaceId: string | null): void {
    if (workspaceId === this.#workspaceId) return
    this.#clear()
    this.#workspaceId = workspaceId
    if (workspaceId === null) return
    const life = new AbortController()
    this.#life = life
    void follow(
      (signal) => this.#client.documents.summary({ workspaceId }, { signal }),
      (summary) => (this.#summary = summary),
      life.signal,
      (error) => (this.#summaryTrouble = error),
    )
    this.#list.show(this.#query(workspaceId), life.signal)
  }

  forget(): void {
    this.stopSending()
    this.#clear()
    this.#refused = []
    this.#workspaceId = null
    this.adding = false
  }

  filterBy(filter: DocumentFilter): void {
    this.#filter = filter
    this.#begin()
  }

  sortBy(sort: DocumentSort): void {
    this.#sort = sort
    this.#begin()
  }

  /** Looks for words in names as they are typed. */
  lookFor(name: string): void {
    this.#name = name
    if (this.#nameTimer) clearTimeout(this.#nameTimer)
    this.#nameTimer = setTimeout(() => this.#begin(), namePauseMs)
  }

  /** The table shows rows up to this one, counted from 0: they are asked for if need be. */
  need(row: number): void {
    this.#list.need(row)
  }

  /** Takes a row in or out of the selection. With `upTo` all rows between it and that one are taken in. */
  select(documentId: string, upTo: string | null = null): void {
    this.#selectsAll = false
    const ids = this.rows.map(({ id }) => id)
    const [from, to] = [ids.indexOf(upTo ?? documentId), ids.indexOf(documentId)].sort((a, b) => a - b)
    if (upTo !== null && from !== undefined && from >= 0)
      for (const id of ids.slice(from, (to ?? from) + 1)) this.selected.add(id)
    else if (!this.selected.delete(documentId)) this.selected.add(documentId)
  }

  /** All that the table has, also what is not loaded yet: that is asked for, and taken in when it has come. */
  selectAll(): void {
    for (const { id } of this.rows) this.selected.add(id)
    this.#selectsAll = this.rows.length < this.total
    if (this.#selectsAll) this.need(this.total - 1)
  }

  selectNone(): void {
    this.#selectsAll = false
    this.selected.clear()
  }

  /** Asks the system's dialog for documents and adds them. */
  pick(): Promise<boolean> {
    return this.#act(async (workspaceId) => {
      const references = (await this.#client.desktop.pickDocuments({})).map(({ reference }) => reference)
      if (references.length > 0) await this.#client.documents.add({ workspaceId, conversationId: null, references })
    })
  }

  /** Hands files over one after the other and adds each to this workspace, whichever is shown meanwhile. What is refused is told. */
  async send(files: readonly File[]): Promise<void> {
    if (this.#workspaceId !== null) await this.#send(this.#workspaceId, files)
  }

  /** Takes what was dropped or pasted. */
  async take(handing: Promise<HandedFiles>): Promise<void> {
    const workspaceId = this.#workspaceId
    if (workspaceId === null) return
    const { files, refused } = await handing
    this.#refused = [...this.#refused, ...refused.map((each) => ({ ...each, workspaceId }))]
    await this.#send(workspaceId, files)
  }

  /** Gives up the files that are still to be handed over. */
  stopSending(): void {
    this.#queue = this.#queue.slice(0, 1)
    this.#sending?.cancel()
  }

  dismiss(files: readonly RefusedFile[]): void {
    this.#refused = this.#refused.filter((other) => !files.includes(other))
  }

  /** Hands over again what was refused. */
  async again(files: readonly RefusedFile[]): Promise<void> {
    this.dismiss(files)
    await this.send(files.flatMap(({ file }) => file ?? []))
  }

  /** Makes a document of text. */
  paste(name: string, text: string): Promise<boolean> {
    return this.#act((workspaceId) => this.#client.documents.paste({ workspaceId, conversationId: null, name, text }))
  }

  async remove(documentIds: readonly string[]): Promise<boolean> {
    const ids = [...documentIds]
    return this.#act(async (workspaceId) => {
      while (ids.length > 0) {
        const some = ids.splice(0, mostAtOnce)
        await this.#client.documents.remove({ workspaceId, documentIds: some })
        for (const id of some) this.selected.delete(id)
        if (some.includes(this.#reading?.document.id ?? '')) this.closeDocument()
      }
    })
  }

  pause(paused: boolean): Promise<boolean> {
    return this.#act((workspaceId) => this.#client.documents.pause({ workspaceId, paused }))
  }

  readAgain(documentId: string, password?: string): Promise<boolean> {
    return this.#act((workspaceId) =>
      this.#client.documents.readAgain({ workspaceId, documentId, ...(password === undefined ? {} : { password }) }),
    )
  }

  /** Recognises the text of picture pages, document by document. @param languages codes of tesseract */
  recognise(documentIds: readonly string[], languages: string[]): Promise<boolean> {
    return this.#act(async (workspaceId) => {
      for (const documentId of documentIds) await this.#client.documents.recognise({ workspaceId, documentId, languages })
    })
  }

  /** Watches a folder, or the one that is picked now. */
  watch(reference: string | null): Promise<boolean> {
    return this.#act(async (workspaceId) => {
      const chosen = reference ?? (await this.#client.desktop.pickFolder({}))?.reference
      if (chosen !== undefined) await this.#client.documents.watchFolder({ workspaceId, reference: chosen })
    })
  }

  /** Watches a folder no more. @param keep whether its documents stay */
  forgetFolder(folderId: string, keep: boolean): Promise<boolean> {
    return this.#act((workspaceId) => this.#client.documents.forgetFolder({ workspaceId, folderId, keep }))
  }

  /** Shows a document's text beside the table. @param at what of it to show first and mark, in its text */
  read(document: Pick<Document, 'id' | 'name'>, at: { start: number; end: number } | null = null): void {
    if (this.#workspaceId === null) return
    this.#reading?.leave()
    this.#reading = new OpenDocument(this.#client, this.#workspaceId, document, at)
  }

  closeDocument(): void {
    this.#reading?.leave()
    this.#reading = null
  }

  /** Documents whose names contain these words, for a choice; none when the search was given up. */
  async named(name: string, signal: AbortSignal, limit = 8): Promise<Document[]> {
    const workspaceId = this.#workspaceId
    if (workspaceId === null) return []
    const query = { workspaceId, conversationId: null, filter: 'all', name, sort: 'name', limit } as const
    try {
      for await (const { rows } of this.#client.documents.list(query, { signal })) return rows
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
    return []
  }

  async #send(workspaceId: string, files: readonly File[]): Promise<void> {
    this.#queue = [...this.#queue, ...files.map((file) => ({ workspaceId, file }))]
    this.#queued += files.length
    if (this.#sending) return
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      await this.#sendOne(next.workspaceId, next.file)
      this.#queue = this.#queue.slice(1)
    }
    this.#queued = 0
  }

  async #sendOne(workspaceId: string, file: File): Promise<void> {
    const sending = new Sending(file.name, file.size)
    this.#sending = sending
    try {
      const place = { workspaceId, conversationId: null }
      const refused = await handOver({ client: this.#client, sendFile: this.#sendFile }, place, file, sending)
      if (refused) this.#refused = [...this.#refused, { ...refused, workspaceId }]
    } finally {
      this.#sending = null
    }
  }

  #act(work: (workspaceId: string) => Promise<unknown>): Promise<boolean> {
    // The workspace is the one in which it was asked for, whatever it waits for.
    const workspaceId = this.#workspaceId
    return this.task.run(async () => {
      if (workspaceId !== null) await work(workspaceId)
    })
  }

  /** Another question: the table begins anew. */
  #begin(): void {
    this.selectNone()
    if (this.#workspaceId !== null) this.#list.ask(this.#query(this.#workspaceId))
  }

  /** Of the list as it is filtered and sorted now. */
  #query(workspaceId: string): (limit: number, signal: AbortSignal) => AsyncIterable<ListUpdate<Document>> {
    const query = { workspaceId, conversationId: null, filter: this.#filter, name: this.#name.trim(), sort: this.#sort }
    return (limit, signal) => this.#client.documents.list({ ...query, limit }, { signal })
  }

  #clear(): void {
    if (this.#nameTimer) clearTimeout(this.#nameTimer)
    this.#life?.abort()
    this.#life = null
    this.closeDocument()
    this.selectNone()
    this.#list.forget()
    this.#summary = null
    this.#summaryTrouble = null
    this.#filter = 'all'
    this.#sort = 'newest'
    this.#name = ''
    this.task.forget()
  }
}
