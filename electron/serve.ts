/**
 * The loopback skin's entry: `--data DIR --port N --page DIR --starter FILE … --embedder FILE … --folder DIR …`. Prints its address in one
 * line, and a new one for each line that it is sent; `Alambic asks:` before a page of its own that asks something, `Alambic opens:` before a
 * link to open. Only wiring.
 */
import { createInterface } from 'node:readline'
import { Closer } from './host/base/closer.ts'
import { findConfinement } from './host/base/confinement.ts'
import { guardOwnProcess } from './host/base/own-process.ts'
import { Host } from './host/host.ts'
import { outliveBugs } from './host/outlive.ts'
import { programFiles } from './host/program-files.ts'
import { readPageFiles } from './host/page-files.ts'
import { forkEngine } from './host/runtime/fork-engine.ts'
import { forkPorter } from './host/runtime/fork-porter.ts'
import { forkReader } from './host/workspaces/ingest/fork-reader.ts'
import { startFailure } from './host/start-failure.ts'
import { readStartOptions } from './host/start-options.ts'
import { forkKeyWorker } from './host/vault/keys/fork-key-worker.ts'
import { SystemKeychain } from './host/vault/keys/keychain.ts'
import { closeOnSignals } from './loopback/close-on-signals.ts'
import { ConsentServer } from './loopback/consent-server.ts'
import { HeadlessDesktop } from './loopback/headless-desktop.ts'
import { LoopbackServer } from './loopback/loopback-server.ts'

guardOwnProcess()
const closer = new Closer()
/** The launcher opens what it reads here; a person at a terminal does so by hand. */
const say = (what: string, address: string): void => void process.stdout.write(`${what}: ${address}\n`)
const keychain = new SystemKeychain()
closeOnSignals({ close: () => closer.close(), onFailure: console.error, isStuck: () => keychain.isAsking })
try {
  const files = programFiles(import.meta)
  const { dataFolder, port, pageFolder, starterFiles, embedderFiles, folders } = readStartOptions(process.argv.slice(2), {
    strict: true,
  })
  const pageFiles = readPageFiles(pageFolder ?? files.page)
  const confinement = await findConfinement()
  const host = await Host.start({
    dataFolder,
    desktop: new HeadlessDesktop({ folders, open: (url) => say('Alambic opens', url) }),
    consent: new ConsentServer({ show: (address) => say('Alambic asks', address) }),
    launchEngine: (opens) => forkEngine(files.engine, { ...opens, parts: files.engineParts, confinement }),
    launchReader: () => forkReader(files.reader, files.readerParts, files.readerData, confinement),
    launchKeyWorker: () => forkKeyWorker(files.keyWorker),
    launchPorter: (folder) => forkPorter(files.porter, files.porterParts, folder, confinement),
    confinement,
    keychain,
    starterFiles,
    embedderFiles,
    fontFolder: files.fonts,
  })
  closer.add('host', () => host.close())
  outliveBugs(process, (error, where) => host.bug(error, where))
  const server = await LoopbackServer.start({ host, pageFiles, uploadFolder: host.uploadFolder, port, onBug: console.error })
  closer.add('loopback server', () => server.close())
  const sayAddress = (): void => say('Alambic', server.newAddress())
  sayAddress()
  createInterface({ input: process.stdin }).on('line', sayAddress)
} catch (error) {
  console.error(startFailure(error) ?? error)
  await closer.close().catch(console.error)
  process.exit(1)
}
