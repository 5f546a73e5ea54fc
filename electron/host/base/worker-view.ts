/** What a worker sees of the files. Paths are absolute. */
export interface WorkerView {
  /** Its program: files and folders, to read. */
  program: readonly string[]
  /** Other files and folders to read. */
  reads: readonly string[]
  /** Folders to write in. */
  writes: readonly string[]
  /** Whether it computes on a graphics card: its devices and its drivers' files. */
  card: boolean
}
