/** `npm start`: builds what changed, fetches the starter model, opens Alambic in a window or behind the loopback skin. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setGlobalProxyFromEnv } from 'node:http'
import { bundle } from '../bundle.ts'
import { fetchElectron } from '../electron-binary.ts'
import { fetchEmbedder, pinnedEmbedder } from '../embedders.ts'
import { help, readLaunchOptions, type LaunchOptions } from '../launch-options.ts'
import { openingFolder, writeOpeningPage } from '../../electron/loopback/opening-page.ts'
import { tokenMs } from '../../electron/loopback/gate.ts'
import { installCommand, libsecret } from '../packages.ts'
import { ownNode, root, sharedModels, userCache } from '../places.ts'
import { standBehind } from '../processes.ts'
import { Progress } from '../progress.ts'
import { hasScreen, openBrowser } from '../screen.ts'
import { isBuilt, stampBuild } from '../source-stamp.ts'
import { fetchModel, ModelUnavailable, starterModel } from '../starter-models.ts'

const progress = new Progress(process.stdout)
const say = (line: string): void => progress.say(line)

const options = read()
const stop = new AbortController()
const interrupt = (): void => stop.abort()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
for (const signal of signals) process.on(signal, interrupt)
try {
  const child = await prepare(options)
  for (const signal of signals) process.off(signal, interrupt)
  process.exitCode = await standBehind(child)
} catch (error) {
  if (!stop.signal.aborted) throw error
  say('Stopped. What was half fetched is kept for the next time.')
  process.exitCode = 130
}

function read(): LaunchOptions {
  try {
    const wanted = readLaunchOptions(process.argv.slice(2))
    if (!wanted.help) return wanted
    console.log(help)
    process.exit(0)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    process.exit(2)
  }
}

/** Everything that comes before the application runs. */
async function prepare(wanted: LaunchOptions): Promise<ChildProcess> {
  if (!libsecret.isMet()) {
    say(
      `Without libsecret the system's keychain cannot be used, and Alambic offers a passphrase instead. To have it: sudo ${installCommand([libsecret.package])}`,
    )
  }
  if (!isBuilt()) {
    say('Building Alambic …')
    await bundle(say)
    stampBuild()
  }
  const starter = wanted.model ? await findStarter(wanted) : null
  const embedder = wanted.model ? await findEmbedder(wanted) : null
  const electron = wanted.loopback ? null : await findElectron()
  stop.signal.throwIfAborted()
  const words = [
    ...['--data', wanted.dataFolder],
    ...(starter === null ? [] : ['--starter', starter]),
    ...(embedder === null ? [] : ['--embedder', embedder]),
  ]
  return electron === null
    ? startLoopback([...words, '--port', String(wanted.port), ...wanted.folders.flatMap((path) => ['--folder', path])], wanted)
    : startWindow(electron, words)
}

/** The starter's file; null when it is installed already, or cannot be had. */
async function findStarter({ dataFolder }: LaunchOptions): Promise<string | null> {
  // Only the launcher goes through a proxy: the application has no business with the network.
  setGlobalProxyFromEnv(process.env)
  const shared = sharedModels()
  const places = {
    folders: [join(dataFolder, 'models'), ...(shared === null ? [] : [shared])],
    cache: join(userCache(), 'models'),
  }
  try {
    return await fetchModel(starterModel('starter'), places, progress, stop.signal)
  } catch (error) {
    if (!(error instanceof ModelUnavailable)) throw error
    say(`${error.message} Alambic starts without a model; one can be imported from disk under Models.`)
    return null
  }
}

/** The file of the embedder that the application brings along; null when it cannot be had: then documents are found by their words alone. */
async function findEmbedder({ dataFolder }: LaunchOptions): Promise<string | null> {
  const shared = sharedModels()
  const places = {
    folders: [join(dataFolder, 'models'), ...(shared === null ? [] : [join(shared, 'embedders')])],
    cache: join(userCache(), 'models'),
  }
  try {
    return await fetchEmbedder(pinnedEmbedder('embedder'), places, progress, stop.signal)
  } catch (error) {
    if (!(error instanceof ModelUnavailable)) throw error
    say(`${error.message} Alambic finds passages by their words alone until an embedder is imported under Models.`)
    return null
  }
}

async function findElectron(): Promise<string | null> {
  const reason = hasScreen() ? 'the Electron program could not be fetched' : 'there is no screen'
  const electron = hasScreen() ? await fetchElectron(say, stop.signal) : null
  if (electron === null) say(`No window can be opened here, because ${reason}; Alambic runs behind a local address instead.`)
  return electron
}

function startWindow(electron: string, words: string[]): ChildProcess {
  return spawn(electron, [join(root, 'dist', 'main.js'), ...words], { stdio: 'inherit' })
}

function startLoopback(words: string[], wanted: LaunchOptions): ChildProcess {
  // A signal would else open a debugger in the process that has the keys.
  const child = spawn(ownNode, ['--disable-sigusr1', join(root, 'electron', 'serve.ts'), ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const opens = wanted.open && hasScreen()
  const remove = openEachAddress(child.stdout, opens, wanted.dataFolder)
  child.on('exit', remove)
  // Enter asks for a new address: the one before works once, and for a minute.
  if (process.stdin.isTTY) {
    createInterface({ input: process.stdin }).on('line', () => child.stdin.write('\n'))
    child.on('exit', () => process.stdin.destroy())
    say(`Press Enter for a new address${opens ? ', which the browser is opened on' : ''}; Ctrl+C ends Alambic.`)
  }
  child.stdin.on('error', () => undefined)
  return child
}

/**
 * Prints what the server prints, and shows each address to the browser, by a file and never on a command line.
 * @returns removes the files
 */
function openEachAddress(output: Readable, opens: boolean, dataFolder: string): () => void {
  const folder = openingFolder({
    platform: process.platform,
    environment: process.env,
    home: homedir(),
    dataFolder,
    hasSnaps: existsSync('/snap/bin'),
  })
  const left = new Set<() => void>()
  createInterface({ input: output }).on('line', (line) => {
    // A link that the person agreed to open is no secret; the page's own address, and a question that the page must not answer, are.
    const [, link] = /^Alambic opens: ((?:https:\/\/|mailto:)\S+)$/.exec(line) ?? []
    const [, what, address] = /^(Alambic(?: asks)?): (http:\/\/127\.0\.0\.1:\S+)$/.exec(line) ?? []
    // Where output is no terminal it may be a file that others read; the browser has the address anyway.
    console.log(address && opens && !process.stdout.isTTY ? `${what}: ${new URL(address).origin}` : line)
    if (link && opens) openBrowser(link)
    if (!address || !opens) return
    const page = writeOpeningPage(folder, address)
    left.add(page.remove)
    openBrowser(page.url)
    setTimeout(() => page.remove(), tokenMs).unref()
  })
  return () => {
    for (const remove of left) remove()
  }
}
