/** Gives a window its line to the host: one MessagePort, taken only from our own top-level page. */
import type { IpcMain, IpcMainEvent, MessagePortMain } from 'electron'
import type { Port } from '../../contract/link.ts'
import { isFrame } from '../host/base/frame-check.ts'
import { isOurUrl } from './app-protocol.ts'

/** The only channel between a preload and this process. */
export const linkChannel = 'link'

/** Hands every port that our page sends to `onPort`. Whoever else sends one, a frame or another page, has it closed. */
export function answerWindows(ipcMain: Pick<IpcMain, 'on'>, onPort: (port: Port) => void): void {
  ipcMain.on(linkChannel, (event) => {
    const [port, ...more] = event.ports
    for (const stray of more) stray.close()
    if (!port) return
    if (isOurTopFrame(event)) onPort(messagePort(port))
    else port.close()
  })
}

/** A frame inside our page could show somebody else's; one that is gone could have shown anything. */
function isOurTopFrame({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOurUrl(senderFrame.url)
}

function messagePort(port: MessagePortMain): Port {
  return {
    send: (frame) => port.postMessage(frame),
    onFrame: (listener) => {
      port.on('message', ({ data }) => {
        // What is not a frame ends the line: our own page sends none.
        if (isFrame(data)) listener(data)
        else port.close()
      })
      port.start()
    },
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  }
}
