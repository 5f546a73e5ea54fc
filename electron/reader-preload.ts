/** The only privileged code in the reader's window: it passes its program and its line on to the page, once. Nothing crosses back. */
import { ipcRenderer } from 'electron'

ipcRenderer.once('reader', ({ ports }, program: string) => window.postMessage(program, '*', [...ports]))
