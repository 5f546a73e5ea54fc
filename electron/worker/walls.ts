/** What a worker and its host say to one another about walls, beside the frames of their line. */

/** The host's wish that a worker tries to leave, before anything foreign is loaded. */
export interface TrialWish {
  t: 'try'
  /** The host's process, as the host sees it. */
  hostPid: number
  /** A listener of the host's own on 127.0.0.1, null where none could be opened, and what is to be said to it. */
  port: number | null
  nonce: string
  /** A file that no worker needs. */
  file: string
}

/** What could be reached; null where it could not be tried. */
export interface Reached {
  network: boolean | null
  files: boolean | null
  processes: boolean | null
}

export interface TrialReport {
  t: 'tried'
  /** The worker's own process, as it sees itself. */
  pid: number
  /** Milliseconds that it took. */
  tookMs: number
  /** With all that the process was started with: what is not reached is held by the operating system. */
  before: Reached
  /** With the doors closed, by the ways of a parser that was taken over. */
  after: Reached
}
