/** The sources of answers as one looks into them: which is open, which sentence is chosen, and what was searched for an answer. */
import type { Client } from '../../contract/contract.ts'
import type { Message, Place } from '../../contract/conversation.ts'
import type { GivenSource, SearchReport } from '../../contract/sources.ts'
import type { Area } from './area.ts'
import { SourceDocument } from './source-document.svelte.ts'
import { evidenceOf } from './source-places.ts'
import { claimsOf, type Claim } from './support.ts'
import { Task } from './task.svelte.ts'

/** A source of an answer that is open. `sentence` is the index of the claim that is chosen. */
export interface OpenSource {
  messageId: string
  number: number
  sentence: number | null
}

export class SourcesState implements Area {
  readonly #client: Client
  #open = $state.raw<OpenSource | null>(null)
  #document = $state.raw<SourceDocument | null>(null)
  #report = $state.raw<{ messageId: string; report: SearchReport } | null>(null)
  /** Asking what was searched, and how that last failed. */
  readonly inspecting = new Task()

  constructor(client: Client) {
    this.#client = client
  }

  get open(): OpenSource | null {
    return this.#open
  }

  /** The document of the open source; the same one while sources of one document follow each other. */
  get document(): SourceDocument | null {
    return this.#document
  }

  /** Opens a source of an answer; without a number the first that it has. @param sentence index of the claim that points at it */
  show(place: Place, message: Message, number?: number, sentence: number | null = null): void {
    const source = message.sources?.given.find((given) => given.number === number) ?? message.sources?.given[0]
    if (!source) return
    const claim = sentence === null ? undefined : claimsOf(message)[sentence]
    this.#open = { messageId: message.id, number: source.number, sentence: claim ? sentence : null }
    this.#look(place, source, (claim && evidenceIn(source, claim)) ?? null)
  }

  /** Chooses a sentence: opens the source that supports it best, or one that it was compared with, at the evidence. */
  choose(place: Place, message: Message, claim: Claim): void {
    const number = claim.evidence?.number ?? claim.sources[0] ?? this.#open?.number
    const source = message.sources?.given.find((given) => given.number === number) ?? message.sources?.given[0]
    if (!source) return
    this.#open = { messageId: message.id, number: source.number, sentence: claim.index }
    this.#look(place, source, evidenceIn(source, claim))
  }

  /** The sentence that is chosen; null when none is. */
  chosen(message: Message): Claim | null {
    const sentence = this.#open?.sentence ?? null
    return sentence === null ? null : (claimsOf(message)[sentence] ?? null)
  }

  /** Part of the open source's document that is to be shown beside the passage: the evidence for the chosen sentence. */
  evidence(message: Message): { start: number; end: number } | null {
    const open = this.#open
    if (!open) return null
    const source = message.sources?.given.find(({ number }) => number === open.number)
    const claim = this.chosen(message)
    return source && claim ? evidenceIn(source, claim) : null
  }

  close(): void {
    this.#open = null
    this.#document = null
  }

  /** What was found for an answer; null until it was asked. */
  report(messageId: string): SearchReport | null {
    return this.#report?.messageId === messageId ? this.#report.report : null
  }

  /** Asks what was found for an answer, unless it is known. */
  async inspect(place: Place, messageId: string): Promise<void> {
    if (this.#report?.messageId === messageId) return
    await this.inspecting.run(async () => {
      if (this.#report?.messageId === messageId) return
      this.#report = { messageId, report: await this.#client.chat.inspect({ ...place, messageId }) }
    })
  }

  forget(): void {
    this.close()
    this.#report = null
    this.inspecting.forget()
  }

  #look({ workspaceId }: Place, source: GivenSource, evidence: { start: number; end: number } | null): void {
    const { documentId } = source
    if (this.#document?.documentId !== documentId || this.#document.workspaceId !== workspaceId)
      this.#document = new SourceDocument(this.#client, workspaceId, documentId)
    void this.#document.show(source, evidence)
  }
}

/** In the document's text. */
function evidenceIn(source: GivenSource, claim: Claim): { start: number; end: number } | null {
  const evidence = evidenceOf(source, claim)
  return evidence && { start: source.start + evidence.start, end: source.start + evidence.end }
}
