/** What the pointer or the focus is on: a mark in an answer, and the passage behind it. */
import type { GivenSource } from '../../../contract/sources.ts'

export interface Peek {
  source: GivenSource
  mark: HTMLElement
}
