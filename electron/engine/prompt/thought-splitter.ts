/**
 * Splits an answer, as it streams, into what is said and what is thought. Text is held back only while it could still
 * become a mark. Tokenisers cut marks as they like, and models put line breaks around them that nobody wants to see.
 */
import { closedAlone, silentMarks, thoughtMarkers, type ThoughtMarker } from './thought-markers.ts'

/** An increment: append both. */
export interface SplitText {
  text: string
  thought: string
  /** All that was said before was a thought, whose opening was missing. */
  turned: boolean
}

export class ThoughtSplitter {
  /** Inside a thought; its marker is unknown (null) when the prompt has opened it. */
  #inThought: boolean
  #marker: ThoughtMarker | null = null
  #held = ''
  /** What is held contains a control token: a mark then counts anywhere, while its mere spelling counts only before the answer. */
  #heldControl = false
  #said = false
  #thinking = false
  /** White space that is said only if something follows it. */
  #space = ''
  /** What was said so far, while it could still turn out to be a thought; null once it cannot. */
  #saidText: string | null

  /**
   * @param inThought whether the prompt ends inside a thought it has opened
   * @param goesOn whether the answer has begun before: what was said then stays said
   */
  constructor({ inThought, goesOn = false }: { inThought: boolean; goesOn?: boolean }) {
    this.#inThought = inThought
    this.#saidText = inThought || goesOn ? null : ''
  }

  /** Whether what comes now is a thought. */
  get inThought(): boolean {
    return this.#inThought
  }

  /**
   * Takes the text of the next token.
   * @param isControl a control token, given by its spelling: it is a mark, or part of one, or nothing that is said
   */
  push(tokenText: string, isControl: boolean): SplitText {
    const parts: SplitText = { text: '', thought: '', turned: false }
    if (isControl) {
      // A control token that continues no mark ends one that was only beginning.
      if (this.#held !== '' && !this.#couldBeMark(this.#held + tokenText)) this.#release(parts, this.#held.length)
      this.#heldControl = true
      if (!this.#couldBeMark(this.#held + tokenText)) {
        this.#heldControl = false
        return parts
      }
    }
    this.#held += tokenText
    this.#settle(parts)
    return parts
  }

  /** What was held back when the answer ends. */
  flush(): SplitText {
    const parts: SplitText = { text: '', thought: '', turned: false }
    if (!this.#heldControl) this.#release(parts, this.#held.length)
    if (!this.#inThought) parts.text += this.#space
    this.#held = this.#space = ''
    return parts
  }

  /** Every mark that counts here, with what it does. */
  *#marks(): Generator<{ mark: string; then: (parts: SplitText) => void; closesAlone?: boolean }> {
    if (this.#inThought) {
      for (const marker of this.#marker ? [this.#marker] : thoughtMarkers)
        yield { mark: marker.close, then: () => this.#leaveThought() }
      // The prompt has opened the thought and the model opens it again.
      if (!this.#thinking) for (const { open } of thoughtMarkers) yield { mark: open, then: () => undefined }
    } else if (!this.#said || this.#heldControl) {
      for (const marker of thoughtMarkers) yield { mark: marker.open, then: () => this.#enterThought(marker) }
      for (const mark of silentMarks) yield { mark, then: () => undefined }
    }
    if (!this.#inThought && this.#saidText !== null)
      for (const marker of closedAlone)
        yield { mark: marker.close, then: (parts) => this.#turn(parts, marker), closesAlone: true }
  }

  #couldBeMark(text: string): boolean {
    for (const { mark } of this.#marks()) if (mark.startsWith(text) || text.endsWith(mark)) return true
    return false
  }

  #settle(parts: SplitText): void {
    for (;;) {
      let first: { at: number; mark: string; then: (parts: SplitText) => void } | null = null
      for (const { mark, then, closesAlone = false } of this.#marks()) {
        const at = this.#held.indexOf(mark)
        // Before an answer there may be white space and nothing else: later the spelling is only spoken of.
        const counts = at >= 0 && (this.#inThought || this.#heldControl || this.#isMeant(this.#held.slice(0, at), closesAlone))
        if (counts && (!first || at < first.at)) first = { at, mark, then }
      }
      if (!first) break
      this.#release(parts, first.at)
      this.#held = this.#held.slice(first.mark.length)
      this.#heldControl = false
      first.then(parts)
    }
    this.#release(parts, this.#held.length - this.#possibleMark())
  }

  /** Length of the longest end of what is held that a mark could begin with. */
  #possibleMark(): number {
    let longest = 0
    for (const { mark } of this.#marks()) {
      for (let length = Math.min(mark.length - 1, this.#held.length); length > longest; length--) {
        if (this.#held.endsWith(mark.slice(0, length))) longest = length
      }
    }
    return longest
  }

  #release(parts: SplitText, length: number): void {
    if (length <= 0) return
    const text = this.#space + this.#held.slice(0, length)
    this.#held = this.#held.slice(length)
    if (this.#held === '') this.#heldControl = false
    this.#space = ''
    if (this.#inThought) {
      const inner = this.#thinking ? text : text.trimStart()
      const kept = inner.trimEnd()
      this.#space = inner.slice(kept.length)
      parts.thought += kept
      if (kept !== '') this.#thinking = true
    } else {
      const answer = this.#said || this.#marker === null ? text : text.replace(/^[\r\n]+/, '')
      // White space before an answer waits: if a thought follows, it was not the answer's.
      if (!this.#said && answer.trim() === '') this.#space = answer
      else {
        parts.text += answer
        this.#said = true
        if (this.#saidText !== null) this.#saidText += answer
      }
    }
  }

  /** Whether a mark is one where it is spelled: before the answer, or, for one that closes what nobody opened, where a thought would end. */
  #isMeant(before: string, closesAlone: boolean): boolean {
    if (!closesAlone) return before.trim() === ''
    const text = (this.#saidText ?? '') + before
    // In code, or beside its opening, it is only spoken of.
    if (text.split('```').length % 2 === 0 || closedAlone.some(({ open }) => text.includes(open))) return false
    return /(?:^|\n)[ \t]*$|[\p{L}\p{N}.!?…。！？)]$/u.test(text)
  }

  #turn(parts: SplitText, marker: ThoughtMarker): void {
    parts.thought += parts.text
    parts.text = ''
    parts.turned = true
    this.#saidText = null
    this.#said = false
    this.#thinking = true
    this.#marker = marker
    this.#space = ''
  }

  #enterThought(marker: ThoughtMarker): void {
    this.#saidText = null
    this.#inThought = true
    this.#marker = marker
    this.#space = this.#thinking ? '\n\n' : ''
  }

  #leaveThought(): void {
    this.#inThought = false
    this.#marker ??= thoughtMarkers[0] ?? null
    this.#space = ''
  }
}
