/** A worker tries to leave: to the network, to a file that it does not need, to its host's process. First with all that it has, then with its doors closed. */
import { createRequire } from 'node:module'
import type { Reached, TrialWish } from './walls.ts'

/** A system that swallows what is sent says nothing; nobody waits longer than this for it, in milliseconds. */
const longestMs = 500

const builtin = createRequire(import.meta.url)

interface Files {
  openSync: (path: string, flags: string) => number
  closeSync: (file: number) => void
}
interface Sockets {
  _createServerHandle?: (address: string, port: number, family: number) => unknown
  Socket: new () => {
    on(event: 'error', listener: () => void): unknown
    connect(port: number, address: string, listener: () => void): unknown
    end(text: string, listener: () => void): unknown
    destroy(): unknown
  }
}
interface Databases {
  DatabaseSync: new (path: string, options: { readOnly: boolean }) => { close(): void }
}

/** With everything that the process was started with. */
export async function tryAllWays({ hostPid, port, nonce, file }: TrialWish): Promise<Reached> {
  return {
    files: reads(file),
    processes: reaches(() => process.kill(hostPid, 0)),
    network: await connects(port, nonce),
  }
}

/** By what JavaScript still finds once the doors are closed. */
export function tryClosedWays({ hostPid, file }: TrialWish): Reached {
  const { _createServerHandle: makeHandle } = builtin('node:net') as Sockets
  const files = builtin('node:fs') as Files
  const rawKill = Reflect.get(process, '_kill') as (pid: number, signal: number) => unknown
  return {
    network: reaches(() => {
      const handle = makeHandle?.('127.0.0.1', 0, 4)
      if (typeof handle !== 'object' || handle === null) throw new Error('No handle')
    }),
    files: reaches(() => files.closeSync(files.openSync(file, 'r'))),
    processes: reaches(() => rawKill(hostPid, 0)) || reaches(() => process.kill(hostPid, 0)),
  }
}

function reaches(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

/** Node's permission model stands before the system's own answer; its SQLite asks the system all the same, as of Node 24. */
function reads(file: string): boolean | null {
  const { openSync, closeSync } = builtin('node:fs') as Files
  try {
    closeSync(openSync(file, 'r'))
    return true
  } catch (error) {
    if (!isOfPermissions(error)) return false
  }
  try {
    const { DatabaseSync } = builtin('node:sqlite') as Databases
    new DatabaseSync(file, { readOnly: true }).close()
    return true
  } catch (error) {
    return isOfPermissions(error) || !isOfSqlite(error) ? null : false
  }
}

function isOfPermissions(error: unknown): boolean {
  return codeOf(error) === 'ERR_ACCESS_DENIED'
}

function isOfSqlite(error: unknown): boolean {
  return codeOf(error) === 'ERR_SQLITE_ERROR'
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
}

function connects(port: number | null, nonce: string): Promise<boolean | null> {
  if (port === null) return Promise.resolve(null)
  const { Socket } = builtin('node:net') as Sockets
  return new Promise((resolve) => {
    const socket = new Socket()
    const end = (reached: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(reached)
    }
    const timer = setTimeout(end, longestMs, false)
    socket.on('error', () => end(false))
    // The host hears it by itself, whatever is reported.
    socket.connect(port, '127.0.0.1', () => socket.end(nonce, () => end(true)))
  })
}
