/** The loopback skin's entry: `--data DIR --port N --page DIR --starter FILE … --embedder FILE … --folder DIR …`. Prints its address in one line. Only wiring. */
import { Closer } from './host/base/closer.ts'
import { Host } from './host/host.ts'
import { programFiles } from './host/program-files.ts'
import { readPageFiles } from './host/page-files.ts'
import { forkEngine } from './host/runtime/fork-engine.ts'
import { forkPorter } from './host/runtime/fork-porter.ts'
import { forkReader } from './host/workspaces/ingest/fork-reader.ts'
import { startFailure } from './host/start-failure.ts'
import { readStartOptions } from './host/start-options.ts'
import { SystemKeychain } from './host/vault/keys/keychain.ts'
import { closeOnSignals } from './loopback/close-on-signals.ts'
import { HeadlessDesktop } from './loopback/headless-desktop.ts'
import { LoopbackServer } from './loopback/loopback-server.ts'

const closer = new Closer()
closeOnSignals(() => closer.close(), console.error)
try {
  const files = programFiles(import.meta)
  const { dataFolder, port, pageFolder, starterFiles, embedderFiles, folders } = readStartOptions(process.argv.slice(2), {
    strict: true,
  })
  const pageFiles = readPageFiles(pageFolder ?? files.page)
  const host = await Host.start({
    dataFolder,
    desktop: new HeadlessDesktop({ folders }),
    launchEngine: () => forkEngine(files.engine),
    launchReader: () => forkReader(files.reader, files.readerParts),
    launchPorter: (folder) => forkPorter(files.porter, files.porterParts, folder),
    keychain: new SystemKeychain(),
    starterFiles,
    embedderFiles,
  })
  closer.add('host', () => host.close())
  const server = await LoopbackServer.start({ host, pageFiles, uploadFolder: host.uploadFolder, port, onBug: console.error })
  closer.add('loopback server', () => server.close())
  process.stdout.write(`Alambic: ${server.address}\n`)
} catch (error) {
  console.error(startFailure(error) ?? error)
  await closer.close().catch(console.error)
  process.exit(1)
}
