/** A list of the host's that is longer than what is shown of it: its first rows, how many there are, and more of them as one scrolls. */
import { withListUpdate, type ListUpdate } from '../../contract/list-update.ts'
import { follow } from './follow.ts'

/** Rows that a list begins with, and grows by. */
const rowsAtOnce = 200

/** Opens the list for so many rows at most. */
type OpenList<Row> = (limit: number, signal: AbortSignal) => AsyncIterable<ListUpdate<Row>>

export class LongList<Row extends { id: string }> {
  #rows = $state.raw<Row[]>([])
  #total = $state(0)
  #known = $state(false)
  #limit = rowsAtOnce
  #open: OpenList<Row> | null = null
  #life: AbortSignal | null = null
  #listening: AbortController | null = null

  get rows(): Row[] {
    return this.#rows
  }

  /** How many there are in all. */
  get total(): number {
    return this.#total
  }

  /** Whether the list has come. */
  get known(): boolean {
    return this.#known
  }

  /** Follows another list from its beginning, until `life` ends or it is forgotten; what was here goes. */
  show(open: OpenList<Row>, life: AbortSignal | null, limit = rowsAtOnce): void {
    this.forget()
    this.#open = open
    this.#life = life
    this.#limit = limit
    this.#listen()
  }

  /** More of it, as one scrolls to its end. */
  more(): void {
    if (this.#rows.length >= this.#total || this.#limit > this.#rows.length) return
    this.#limit += rowsAtOnce
    this.#listen()
  }

  forget(): void {
    this.#listening?.abort()
    this.#listening = null
    this.#open = null
    this.#rows = []
    this.#total = 0
    this.#known = false
  }

  #listen(): void {
    this.#listening?.abort()
    const open = this.#open
    if (!open || this.#life?.aborted) return
    const listening = new AbortController()
    this.#listening = listening
    this.#life?.addEventListener('abort', () => listening.abort(), { once: true })
    void follow(
      (signal) => open(this.#limit, signal),
      (update) => {
        this.#rows = withListUpdate(this.#rows, update)
        this.#total = update.total
        this.#known = true
      },
      listening.signal,
      () => undefined,
    )
  }
}
