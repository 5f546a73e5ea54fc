/** The only privileged code in a window: it makes a line to the host and gives the page its end. Nothing else crosses. */
import { ipcRenderer } from 'electron'

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== 'link?') return
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage('link', null, [port2])
  window.postMessage('link!', location.origin, [port1])
})
