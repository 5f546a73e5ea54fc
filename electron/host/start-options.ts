/** The options that both skins are started with. The launcher, `npm start`, has more and passes these on. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultDataFolder } from './base/data-folder.ts'

export interface StartOptions {
  /** Where everything is kept, as an absolute path. */
  dataFolder: string
  /** Port of the loopback skin; 0 is any free one. */
  port: number
  /** Model files that the launcher fetched, offered on welcome. */
  starterFiles: string[]
  /** Files of the embedders that come with the application. */
  embedderFiles: string[]
  /** Folders that a browser's page may put bundles into and take them from. */
  folders: string[]
  /** A built page to serve in place of the one built beside the program; null for that one. */
  pageFolder: string | null
}

/** The command line cannot be understood; the message says why in one sentence. */
export class WrongOption extends Error {
  override readonly name = 'WrongOption'
}

/**
 * Reads `--data DIR`, `--port N`, `--page DIR`, and `--starter FILE`, `--embedder FILE` and `--folder DIR`, which may come several times.
 * @param strict false under Electron, whose command line carries Chromium's own switches.
 * @throws WrongOption
 */
export function readStartOptions(commandLine: string[], { strict }: { strict: boolean }): StartOptions {
  const values = parse(commandLine, strict)
  const { data, port = '0', page, starter = [], embedder = [], folder = [] } = values
  const number = /^\d{1,5}$/.test(String(port)) ? Number(port) : Number.NaN
  if (!(number <= 65_535)) throw new WrongOption('--port needs a number from 0 to 65535')
  // Not strict, an option without its value reads as true.
  if (typeof data === 'boolean') throw new WrongOption('--data needs a folder')
  if (typeof page === 'boolean') throw new WrongOption('--page needs a folder')
  return {
    dataFolder: data === undefined ? defaultDataFolder() : resolve(data),
    port: number,
    pageFolder: page === undefined ? null : resolve(page),
    folders: folder.filter((name) => typeof name === 'string').map((name) => resolve(name)),
    embedderFiles: embedder.filter((file) => typeof file === 'string').map((file) => resolve(file)),
    starterFiles: starter.filter((file) => typeof file === 'string').map((file) => resolve(file)),
  }
}

function parse(commandLine: string[], strict: boolean) {
  const options = {
    data: { type: 'string' },
    port: { type: 'string' },
    page: { type: 'string' },
    starter: { type: 'string', multiple: true },
    embedder: { type: 'string', multiple: true },
    folder: { type: 'string', multiple: true },
  } as const
  try {
    return parseArgs({ args: commandLine, strict, allowPositionals: !strict, options }).values
  } catch (error) {
    throw new WrongOption(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
