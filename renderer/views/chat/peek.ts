/** What the pointer or the focus is on: a mark in an answer, and the passage behind it. */
import type { GivenSource } from '../../../contract/sources.ts'
import type { Claim } from '../../state/support.ts'

export interface Peek {
  source: GivenSource
  /** The sentence that the mark belongs to; null when it was not checked. */
  claim: Claim | null
  mark: HTMLElement
}
