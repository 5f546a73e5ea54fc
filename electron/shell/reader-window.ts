/**
 * The reader under Electron: a hidden window that Chromium holds in the system's sandbox, on all three systems the only wall around parsers of
 * other people's files. It has a session in memory, loads one page of ours, and is killed and made anew after any trouble.
 */
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Event,
  MessageChannelMain,
  MessagePortMain,
  Session,
  WebContentsConsoleMessageEventParams,
} from 'electron'
import type { Port } from '../../contract/link.ts'
import { isFrame } from '../host/base/frame-check.ts'
import { Once, TextTail, type WorkerProcess, type ExitReason } from '../host/base/worker-process.ts'
import { giveReaderData, type ReaderDataFolders } from '../host/workspaces/ingest/reader-data.ts'
import { appScheme } from './app-protocol.ts'
import { closedPreferences } from './lockdown.ts'
import { answerReader, mayReaderLoad, readerUrl } from './reader-page.ts'

/** The channel on which the program and the line reach the window's preload. */
const readerChannel = 'reader'
/** Milliseconds between two looks at the memory of the window's process. */
const memoryCheckMs = 500
/** Milliseconds after which a window whose process does not say that it is gone is taken for gone. */
const patienceMs = 1_000
/** Bytes of memory that the window's process may take; its keeper says the same of a process that it can look at itself. */
const mostBytes = 1_800 * 1024 * 1024

export interface ReaderWindowsOptions {
  makeWindow: (options: BrowserWindowConstructorOptions) => BrowserWindow
  makeChannel: () => MessageChannelMain
  sessionOf: (partition: string) => Session
  app: Pick<App, 'getAppMetrics' | 'isPackaged'>
  preload: string
  /** Text of the reader's program, and of the script that starts it. */
  program: string
  script: string
  data: ReaderDataFolders
}

export class ReaderWindows {
  readonly #options: ReaderWindowsOptions
  /** By number: sessions are never freed by Electron, so a few are used again. */
  readonly #sessions: Session[] = []
  readonly #taken = new Set<number>()

  constructor(options: ReaderWindowsOptions) {
    this.#options = options
  }

  /** A new reader. Frames that are sent before its page is there wait for it. */
  launch(): WorkerProcess {
    const number = this.#freeNumber()
    this.#taken.add(number)
    const reader = new ReaderWindow(this.#options, this.#session(number))
    reader.onExit(() => this.#taken.delete(number))
    return reader
  }

  /** Two windows of one session could share a process, and killing one would kill the other. */
  #freeNumber(): number {
    let number = 0
    while (this.#taken.has(number)) number++
    return number
  }

  #session(number: number): Session {
    const known = this.#sessions[number]
    if (known) return known
    // Without "persist:" a partition lives in memory only.
    const session = this.#options.sessionOf(`reader-${number}`)
    closeReaderSession(session, this.#options.script)
    this.#sessions[number] = session
    return session
  }
}

/** Beside what every session is closed for: no address but the reader's own, and no permission at all. */
export function closeReaderSession(session: Session, script: string): void {
  session.protocol.handle(appScheme.scheme, answerReader(script))
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !mayReaderLoad(url) }))
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  session.setPermissionCheckHandler(() => false)
}

/** Never shown, in no list of windows, and not slowed down because nobody looks at it. */
export function readerWindowOptions(given: Parameters<typeof closedPreferences>[0]): BrowserWindowConstructorOptions {
  const webPreferences = { ...closedPreferences(given), backgroundThrottling: false, images: false, webgl: false }
  return {
    show: false,
    paintWhenInitiallyHidden: false,
    focusable: false,
    skipTaskbar: true,
    width: 1,
    height: 1,
    webPreferences,
  }
}

class ReaderWindow implements WorkerProcess {
  readonly port: Port
  readonly #window: BrowserWindow
  readonly #complaints = new TextTail()
  readonly #exited = new Once<ExitReason>()
  readonly #watch: NodeJS.Timeout
  #ending = false
  #gone = false

  constructor({ makeWindow, makeChannel, app, preload, program, data }: ReaderWindowsOptions, session: Session) {
    const window = makeWindow(readerWindowOptions({ preload, session, packaged: app.isPackaged }))
    const { port1, port2 } = makeChannel()
    this.#window = window
    this.port = this.#portOf(port1)
    const { webContents } = window
    // Its page is loaded by this process alone; whatever leads elsewhere leads nowhere, to our main page neither.
    webContents.on('will-navigate', (event) => event.preventDefault())
    webContents.on('will-frame-navigate', (event) => event.preventDefault())
    webContents.on('console-message', ({ message }: Event<WebContentsConsoleMessageEventParams>) => this.#complaints.add(message))
    webContents.on('render-process-gone', (_event, { exitCode }) => this.#leave({ code: exitCode, signal: null }))
    // Closed by the system or by a hand that found it: it is not there any more.
    window.on('closed', () => this.#leave({ code: null, signal: null }))
    // The worker ended itself: something threw that nobody caught.
    port1.on('close', () => this.kill())
    this.#watch = setInterval(() => {
      if (memoryOf(app, this.pid) > mostBytes) this.kill()
    }, memoryCheckMs).unref()
    giveReaderData(this.port, data)
    window.loadURL(readerUrl).then(
      () => {
        if (!this.#ending) webContents.postMessage(readerChannel, program, [port2])
      },
      () => this.kill(),
    )
  }

  get pid(): number | undefined {
    // 0 before there is a process.
    return this.#gone || this.#window.isDestroyed() ? undefined : this.#window.webContents.getOSProcessId() || undefined
  }

  kill(): void {
    if (this.#ending) return
    this.#ending = true
    setTimeout(() => this.#leave({ code: null, signal: 'SIGKILL' }), patienceMs).unref()
    // A parser in a loop hears nothing: its process is ended, not asked.
    this.#window.webContents.forcefullyCrashRenderer()
  }

  onExit(listener: (reason: ExitReason) => void): void {
    this.#exited.listen(listener)
  }

  stderrTail(): string {
    return this.#complaints.text
  }

  #portOf(line: MessagePortMain): Port {
    return {
      send: (frame) => {
        if (!this.#gone) line.postMessage(frame)
      },
      onFrame: (listener) => {
        line.on('message', ({ data }) => {
          // What is not a frame is said by no reader of ours: it was taken over.
          if (isFrame(data)) listener(data)
          else this.kill()
        })
        line.start()
      },
      onClose: (listener) => this.#exited.listen(listener),
      close: () => line.close(),
    }
  }

  #leave(reason: ExitReason): void {
    if (this.#gone) return
    this.#ending = true
    this.#gone = true
    clearInterval(this.#watch)
    this.port.close()
    if (!this.#window.isDestroyed()) this.#window.destroy()
    this.#exited.happen(reason)
  }
}

/** Bytes of memory that a process takes, by Chromium's own count, which every system has. */
function memoryOf(app: Pick<App, 'getAppMetrics'>, pid: number | undefined): number {
  const { memory } = app.getAppMetrics().find((process) => process.pid === pid) ?? {}
  return (memory?.workingSetSize ?? 0) * 1024
}
