/** What a window and a process each give the reader, because neither its language nor what both have can. */
/** What a reader has to be given by what it runs in. */
export interface Surroundings {
  /** Lets frames through that wait. */
  turn(): Promise<void>
  /** Bytes of memory that the reader takes, 0 where nobody tells it. */
  residentBytes(): number
  /** Told where something went wrong that no file may do: its name and place, never its message, which may quote the document. */
  complain(line: string): void
}
