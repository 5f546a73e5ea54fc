/** The command line of `npm start`. These names are stable. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultDataFolder } from '../electron/host/base/data-folder.ts'

/** What `npm start` was asked for. */
export interface LaunchOptions {
  dataFolder: string
  loopback: boolean
  /** Port of the loopback skin; 0 is any free one. */
  port: number
  /** Folders that a browser's page may put bundles into and take them from. */
  folders: string[]
  open: boolean
  model: boolean
  help: boolean
}

export const help = `npm start -- [options]
  --data DIR    where everything is kept (default: ${defaultDataFolder()})
  --loopback    never open a window; serve the page on 127.0.0.1
  --port N      the port to serve it on (default: any free one)
  --folder DIR  a USB drive or folder for bundles in the browser; may come several times
  --no-open     do not open the browser; the address is printed, for whoever reads this terminal
  --no-model    do not fetch the starter model
  --help        this text`

/** @throws Error a sentence, when the command line cannot be understood */
export function readLaunchOptions(commandLine: string[]): LaunchOptions {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      data: { type: 'string' },
      loopback: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      folder: { type: 'string', multiple: true, default: [] },
      'no-open': { type: 'boolean', default: false },
      'no-model': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) throw new Error('--port needs a number from 0 to 65535')
  if (values.data === '') throw new Error('--data needs a folder')
  if (values.folder.includes('')) throw new Error('--folder needs a folder')
  const fromHere = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path)
  return {
    dataFolder: values.data === undefined ? defaultDataFolder() : fromHere(values.data),
    folders: values.folder.map(fromHere),
    loopback: values.loopback,
    port: Number(values.port),
    open: !values['no-open'],
    model: !values['no-model'],
    help: values.help,
  }
}
