/** A WebSocket as a Port. It trusts nothing that arrives: what is not a frame ends the line. */
import type { RawData, WebSocket } from 'ws'
import type { Frame, Port } from '../../contract/link.ts'
import { isFrame } from '../host/base/frame-check.ts'

/** Bytes that may wait for a page that does not read; then its line is cut, and a page that lives comes back. */
const mostWaitingBytes = 64 * 1024 * 1024

/** @param socket an open socket; its largest message is its server's business. */
export function webSocketPort(socket: WebSocket): Port {
  return {
    send: (frame) => {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > mostWaitingBytes) socket.terminate()
      else socket.send(JSON.stringify(frame))
    },
    onFrame: (listener) =>
      socket.on('message', (data: RawData, isBinary: boolean) => {
        const frame = isBinary || !Buffer.isBuffer(data) ? null : parseFrame(data.toString())
        // 1007: the data does not fit the protocol (RFC 6455, 7.4.1).
        if (frame) listener(frame)
        else socket.close(1007)
      }),
    onClose: (listener) => socket.on('close', () => listener()),
    close: () => socket.close(),
  }
}

function parseFrame(text: string): Frame | null {
  try {
    const value: unknown = JSON.parse(text)
    return isFrame(value) ? value : null
  } catch {
    return null
  }
}
