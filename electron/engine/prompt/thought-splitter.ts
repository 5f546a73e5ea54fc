/**
 * Splits an answer, as it streams, into what is said and what is thought. Text is held back only while it could still
 * become a mark. Tokenisers cut marks as they like, and models put line breaks around them that nobody wants to see.
 */
import { silentMarks, thoughtMarkers, type ThoughtMarker } from './thought-markers.ts'

/** An increment: append both. */
export interface SplitText {
  text: string
  thought: string
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

  /** @param inThought whether the prompt ends inside a thought it has opened */
  constructor({ inThought }: { inThought: boolean }) {
    this.#inThought = inThought
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
    const parts: SplitText = { text: '', thought: '' }
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
    const parts: SplitText = { text: '', thought: '' }
    if (!this.#heldControl) this.#release(parts, this.#held.length)
    if (!this.#inThought) parts.text += this.#space
    this.#held = this.#space = ''
    return parts
  }

  /** Every mark that counts here, with what it does. */
  *#marks(): Generator<{ mark: string; then: () => void }> {
    if (this.#inThought) {
      for (const marker of this.#marker ? [this.#marker] : thoughtMarkers)
        yield { mark: marker.close, then: () => this.#leaveThought() }
      // The prompt has opened the thought and the model opens it again.
      if (!this.#thinking) for (const { open } of thoughtMarkers) yield { mark: open, then: () => undefined }
    } else if (!this.#said || this.#heldControl) {
      for (const marker of thoughtMarkers) yield { mark: marker.open, then: () => this.#enterThought(marker) }
      for (const mark of silentMarks) yield { mark, then: () => undefined }
    }
  }

  #couldBeMark(text: string): boolean {
    for (const { mark } of this.#marks()) if (mark.startsWith(text) || text.endsWith(mark)) return true
    return false
  }

  #settle(parts: SplitText): void {
    for (;;) {
      let first: { at: number; mark: string; then: () => void } | null = null
      for (const { mark, then } of this.#marks()) {
        const at = this.#held.indexOf(mark)
        // Before an answer there may be white space and nothing else: later the spelling is only spoken of.
        const counts = at >= 0 && (this.#inThought || this.#heldControl || this.#held.slice(0, at).trim() === '')
        if (counts && (!first || at < first.at)) first = { at, mark, then }
      }
      if (!first) break
      this.#release(parts, first.at)
      this.#held = this.#held.slice(first.mark.length)
      this.#heldControl = false
      first.then()
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
      }
    }
  }

  #enterThought(marker: ThoughtMarker): void {
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
