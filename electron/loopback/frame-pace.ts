/** Slows a page down that sends faster than a person's page ever does: it is not read for a moment, so that the waiting is its own. */
import type { RawData, WebSocket } from 'ws'

/** What a link may send: a store that fills again each second. */
export interface PaceLimits {
  /** Frames that may come at once, and a second. A page that comes back follows some thirty streams. */
  frames: number
  /** Bytes that may come at once, and a second. */
  bytes: number
}

/** Measured against a page that opens everything: 60 frames in its first second. */
export const linkPace: PaceLimits = { frames: 1_000, bytes: 64 * 1024 * 1024 }

/**
 * Keeps a socket within the limits for as long as it lives.
 * @param now milliseconds of a clock that nobody sets
 */
export function keepPace(socket: WebSocket, limits: PaceLimits = linkPace, now: () => number = () => performance.now()): void {
  let { frames, bytes } = limits
  let at = now()
  let resuming: NodeJS.Timeout | null = null
  socket.on('message', (data: RawData) => {
    const seconds = (now() - at) / 1000
    at = now()
    frames = Math.min(limits.frames, frames + seconds * limits.frames) - 1
    bytes = Math.min(limits.bytes, bytes + seconds * limits.bytes) - (Buffer.isBuffer(data) ? data.length : 0)
    const owedMs = Math.max(-frames / limits.frames, -bytes / limits.bytes) * 1000
    if (owedMs <= 0) return
    // What had arrived already still comes, and counts.
    if (resuming) clearTimeout(resuming)
    socket.pause()
    resuming = setTimeout(() => {
      resuming = null
      if (socket.readyState === socket.OPEN) socket.resume()
    }, owedMs)
  })
  socket.on('close', () => {
    if (resuming) clearTimeout(resuming)
  })
}
