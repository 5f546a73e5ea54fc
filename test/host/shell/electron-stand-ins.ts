/** Objects shaped like Electron's, which record what is done to them. They prove what we ask of Electron, not what it does. */
import { EventEmitter } from 'node:events'
import type { App, CommandLine, IpcMain, MessagePortMain, Session, WebContents } from 'electron'

/** An event that can be prevented. */
export interface StandInEvent {
  prevented: boolean
  preventDefault: () => void
  url: string
  isMainFrame: boolean
}

export function standInEvent(url = '', isMainFrame = true): StandInEvent {
  const event = { prevented: false, preventDefault: () => void (event.prevented = true), url, isMainFrame }
  return event
}

export function standInApp({ isPackaged = true, switches = [] }: { isPackaged?: boolean; switches?: string[] } = {}) {
  const appended = new Map<string, string>()
  const did: string[] = []
  const commandLine: CommandLine = {
    appendSwitch: (name, value = '') => void appended.set(name, value),
    appendArgument: (value) => void did.push(value),
    getSwitchValue: (name) => appended.get(name) ?? '',
    hasSwitch: (name) => switches.includes(name),
    removeSwitch: (name) => void appended.delete(name),
  }
  const emitter: EventEmitter = Object.assign(new EventEmitter(), {
    isPackaged,
    commandLine,
    enableSandbox: () => did.push('enableSandbox'),
    quit: () => did.push('quit'),
    exit: (code: number) => did.push(`exit ${code}`),
  })
  return { app: emitter as App, appended, did }
}

export function standInSession() {
  const handlers: Record<string, (...values: unknown[]) => unknown> = {}
  const set: Record<string, unknown> = {}
  const keep = (name: string) => (handler: (...values: unknown[]) => unknown) => void (handlers[name] = handler)
  const note = (name: string) => (value: unknown) => void (set[name] = value)
  const emitter: EventEmitter = Object.assign(new EventEmitter(), {
    webRequest: { onBeforeRequest: keep('request') },
    setPermissionRequestHandler: keep('permissionRequest'),
    setPermissionCheckHandler: keep('permissionCheck'),
    setDevicePermissionHandler: keep('device'),
    setBluetoothPairingHandler: keep('pairing'),
    setDisplayMediaRequestHandler: keep('screen'),
    setSpellCheckerEnabled: note('spellChecker'),
    setSpellCheckerDictionaryDownloadURL: note('dictionaries'),
  })
  return { session: emitter as Session, handlers, set }
}

export function standInContents() {
  const did: string[] = []
  const seen: { openWindow?: () => unknown } = {}
  const emitter: EventEmitter = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: () => unknown) => void (seen.openWindow = handler),
    setWebRTCIPHandlingPolicy: (policy: string) => did.push(policy),
    closeDevTools: () => did.push('closeDevTools'),
  })
  return { contents: emitter as WebContents, did, seen }
}

export function standInIpcMain(): IpcMain {
  const emitter: EventEmitter = new EventEmitter()
  return emitter as IpcMain
}

export function standInPort() {
  const sent: unknown[] = []
  const did: string[] = []
  const emitter: EventEmitter = Object.assign(new EventEmitter(), {
    postMessage: (message: unknown) => sent.push(message),
    start: () => did.push('start'),
    close: () => did.push('close'),
  })
  return { port: emitter as MessagePortMain, sent, did }
}
