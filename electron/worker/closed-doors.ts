/**
 * Closes every way out of a worker's process to JavaScript, before anything foreign is loaded: network, files, programs, threads, other
 * processes, native code. Where the operating system holds the worker this is the second wall; where it does not, the only one, and it holds
 * JavaScript alone. What stands below was taken before anybody could change it: a parser that was taken over may replace any function of the
 * language, and none of those is asked here once the doors are closed.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'

type Door = (...given: unknown[]) => unknown
type Doors = Record<PropertyKey, unknown>

/** What a worker needs. Absolute files and folders, without links. */
export interface OpenDoors {
  /** What it may read. */
  reads: readonly string[]
  /** Folders in which it may read, write, rename and remove. */
  writes: readonly string[]
  /** Folders out of which it may load native code. */
  natives: readonly string[]
}

const builtin = createRequire(import.meta.url)
const { apply, construct, getPrototypeOf } = Reflect
const { defineProperty, entries, getOwnPropertyDescriptor, getOwnPropertySymbols } = Object
const { isAbsolute, relative, resolve, sep } = builtin('node:path') as {
  isAbsolute: (path: string) => boolean
  relative: (from: string, to: string) => string
  resolve: (path: string) => string
  sep: string
}
const { fileURLToPath } = builtin('node:url') as { fileURLToPath: (address: string) => string }
const { startsWith, slice } = String.prototype as unknown as Record<'startsWith' | 'slice', Door>
const isWindows = process.platform === 'win32'
const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND } = (builtin('node:fs') as { constants: Record<string, number> }).constants
const anyWriting = [O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND].reduce<number>((all, flag) => all | (flag ?? 0), 0)
const hrefOf = Reflect.get(getOwnPropertyDescriptor(URL.prototype, 'href') ?? {}, 'get') as Door | undefined

/** What may be asked of a path that may be read. */
const looks =
  /^(access|exists|lstat|stat|statfs|open|openAsBlob|readFile|readlink|readdir|opendir|realpath|createReadStream|ReadStream|FileReadStream)(Sync)?$/
/** What may be done to a path that may be written. */
const changes = /^(unlink|rm|rename|mkdir)(Sync)?$/
/** What takes no path, only what `open` gave. */
const handles = /^(close|read|readv|fstat)(Sync)?$/
const writingHandles = /^(write|writev|fsync|fdatasync|ftruncate)(Sync)?$/
/** All that the line to the host and the error output need of sockets. */
const keptOfNet = ['Socket', 'Stream', 'isIP', 'isIPv4', 'isIPv6']
/** What a native socket leads out by. */
const waysOfHandles = ['connect', 'connect6', 'bind', 'bind6', 'listen', 'open', 'send', 'send6']

/** To be called before anything but this program's own files is imported. */
export function closeDoors(open: OpenDoors): void {
  // Made on first use, of sockets and files: they have to be there before those are closed.
  for (const name of ['stdin', 'stdout', 'stderr']) Reflect.get(process, name)
  closeNetwork()
  closePrograms(open.natives)
  closeFiles([...open.reads, ...open.writes], [...open.writes])
  // Imports by name hold what they found; this renews them.
  syncBuiltinESMExports()
}

function closeNetwork(): void {
  const net = doors('node:net')
  closeHandles(net)
  // The class stays: the line to the host and the error output are made of it.
  for (const name of ['Socket', 'Server']) {
    const kind = net[name] as { prototype: Doors }
    for (const verb of ['connect', 'listen', '_listen2'])
      if (typeof kind.prototype[verb] === 'function') put(kind.prototype, verb, refuse(verb))
  }
  for (const [name, value] of entries(net))
    if (typeof value === 'function' && !keptOfNet.includes(name)) put(net, name, refuse(`net.${name}`))
  for (const module of ['tls', 'http', 'https', 'http2', 'dgram', 'dns', 'dns/promises', 'inspector', 'inspector/promises'])
    closeAll(module)
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'Worker', 'BroadcastChannel']) Reflect.deleteProperty(globalThis, name)
  if (process.versions['electron']) closeElectron()
}

/** The native kinds of socket: whoever holds one instance, the line to the host for one, can make others. */
function closeHandles(net: Doors): void {
  const found: unknown[] = getOwnPropertySymbols(process).map((symbol): unknown => Reflect.get(process, symbol))
  found.push(Reflect.get(process.stderr, '_handle'))
  try {
    const tcp = (net['_createServerHandle'] as Door)('127.0.0.1', 0, 4)
    found.push(tcp)
    ;(tcp as { close?: () => void }).close?.()
    const datagrams = (doors('node:dgram')['createSocket'] as Door)('udp4') as { close: () => void }
    for (const symbol of getOwnPropertySymbols(datagrams)) {
      const state: unknown = Reflect.get(datagrams, symbol)
      if (typeof state === 'object' && state !== null) found.push(Reflect.get(state, 'handle'))
    }
    datagrams.close()
  } catch {
    // A system that gives none needs none closed.
  }
  for (const handle of found) {
    if (typeof handle !== 'object' || handle === null) continue
    for (let kind = getPrototypeOf(handle); kind && kind !== Object.prototype; kind = getPrototypeOf(kind))
      for (const way of waysOfHandles) if (Object.hasOwn(kind, way)) put(kind as Doors, way, refuse(way))
  }
}

/** Electron gives its utility processes Chromium's network. */
function closeElectron(): void {
  try {
    const electron = builtin('electron') as Doors
    for (const part of ['net', 'systemPreferences']) {
      const found = electron[part]
      if (typeof found !== 'object' || found === null) continue
      for (let kind: object | null = found; kind && kind !== Object.prototype; kind = getPrototypeOf(kind))
        for (const name of Object.getOwnPropertyNames(kind))
          if (typeof getOwnPropertyDescriptor(kind, name)?.value === 'function') put(kind as Doors, name, refuse(name))
    }
  } catch {
    // What it does not have needs no closing.
  }
}

function closePrograms(natives: readonly string[]): void {
  for (const module of ['child_process', 'cluster', 'worker_threads', 'wasi', 'repl', 'trace_events']) closeAll(module)
  // Under Node's permission model as well: it lets SQLite open any file, as of Node 24.
  closeAll('sqlite')
  // Pictures of the memory are files, and the engine's flags say what it refuses.
  const engine = doors('node:v8')
  for (const name of ['writeHeapSnapshot', 'setHeapSnapshotNearHeapLimit', 'setFlagsFromString'])
    put(engine, name, refuse(`v8.${name}`))
  put(doors('node:os'), 'setPriority', refuse('os.setPriority'))
  const own = process as unknown as Doors
  const load = process.dlopen.bind(process) as Door
  for (const name of [
    ...['binding', '_linkedBinding', 'dlopen', '_debugProcess', '_debugEnd', '_getActiveHandles', '_getActiveRequests'],
    ...['chdir', 'abort', 'execve', 'loadEnvFile', 'umask', 'setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups'],
    ...['setSourceMapsEnabled', '_startProfilerIdleNotifier', '_stopProfilerIdleNotifier'],
  ]) {
    if (typeof own[name] === 'function') put(own, name, refuse(`process.${name}`))
  }
  if (natives.length > 0) put(own, 'dlopen', nativeCodeOf(natives, load))
  // A report can be asked for by a call, by a signal and by an exception, and goes to any file.
  defineProperty(process, 'report', { value: undefined, configurable: false, writable: false })
  const modules = doors('node:module')
  // Hooks of this kind run in a thread of their own; a cache is written to any folder.
  for (const name of ['register', 'enableCompileCache', 'flushCompileCache', 'findPackageJSON'])
    if (typeof modules[name] === 'function') put(modules, name, refuse(`module.${name}`))
  closeSignals(own)
}

/** A signal reaches this process alone, and ends it: any other could open a debugger, here or in whoever is signalled. */
function closeSignals(own: Doors): void {
  const { pid } = process
  const raw = (own['_kill'] as Door).bind(process)
  const kill = process.kill.bind(process)
  const isEnd = (whom: unknown, signal: unknown): boolean => whom === pid && (signal === 'SIGKILL' || signal === 9)
  put(own, '_kill', (whom, signal) => (isEnd(whom, signal) ? raw(pid, 9) : refuse('process._kill')()))
  put(own, 'kill', (whom, signal) => (isEnd(whom, signal) ? kill(pid, 'SIGKILL') : refuse('process.kill')()))
}

/** Libraries are loaded by their path; relative ones would be sought by the system's loader. */
function nativeCodeOf(natives: readonly string[], load: Door): Door {
  const folders = [...natives]
  return (module, path, flags) => {
    const full = inside(folders, path)
    if (full === null) return refuse('process.dlopen')()
    return flags === undefined ? load(module, full) : load(module, full, flags)
  }
}

function closeFiles(reads: readonly string[], writes: readonly string[]): void {
  for (const module of ['node:fs', 'node:fs/promises']) {
    const files = doors(module)
    const close = module === 'node:fs' ? put : putPromised
    for (const [name, value] of entries(files)) {
      if (typeof value !== 'function' || handles.test(name) || name === 'Stats') continue
      if (writes.length > 0 && writingHandles.test(name)) continue
      const isOpen = /^open(Sync)?$/.test(name)
      if (looks.test(name)) close(files, name, within(reads, isOpen ? writes : [], name, value as Door))
      else if (writes.length > 0 && changes.test(name)) close(files, name, changing(writes, name, value as Door))
      else close(files, name, refuse(`fs.${name}`))
    }
  }
}

/** The same function, for paths that may be read; for paths that may be written, with any flags. */
function within(reads: readonly string[], writes: readonly string[], name: string, look: Door): Door {
  const opens = name === 'open' || name === 'openSync'
  const asksExistence = name === 'existsSync'
  // Called with `new` as well as without: ReadStream is a class.
  const guarded = function (this: unknown, path: unknown, ...rest: unknown[]): unknown {
    const full = (opens && !isReading(rest[0]) ? null : inside(reads, path)) ?? inside(writes, path)
    if (full === null) return asksExistence ? false : refuse(`fs.${name}`)()
    // Not by `...`: what that yields can be changed.
    rest.length++
    for (let at = rest.length - 1; at > 0; at--) rest[at] = rest[at - 1]
    rest[0] = full
    return new.target ? (construct(look, rest) as unknown) : apply(look, this, rest)
  }
  const native: unknown = Reflect.get(look, 'native')
  return Object.assign(guarded, typeof native === 'function' ? { native: within(reads, writes, name, native as Door) } : {})
}

/** The same function, for paths that may be written. */
function changing(writes: readonly string[], name: string, change: Door): Door {
  const renames = name === 'rename' || name === 'renameSync'
  return function (this: unknown, path: unknown, ...rest: unknown[]): unknown {
    const full = inside(writes, path)
    const target = renames ? inside(writes, rest[0]) : rest[0]
    if (full === null || target === null) return refuse(`fs.${name}`)()
    return apply(change, this, [full, target, rest[1]])
  }
}

/** The whole path, if it lies inside one of the parts: by dots it may leave them. Bytes are not taken for paths. */
function inside(parts: readonly string[], path: unknown): string | null {
  const text = textOf(path)
  if (text === null) return null
  const full = resolve(text)
  for (let at = 0; at < parts.length; at++) {
    const way = relative(parts[at] ?? '', full)
    if (way === '' || (way !== '..' && !apply(startsWith, way, [`..${sep}`]) && !isAbsolute(way))) return full
  }
  return null
}

/** What could say one thing here and another when it is opened is no path. */
function textOf(path: unknown): string | null {
  // What Windows' loaders put before a long path.
  if (typeof path === 'string')
    return isWindows && apply(startsWith, path, ['\\\\?\\']) ? (apply(slice, path, [4]) as string) : path
  if (typeof path !== 'object' || path === null || !hrefOf) return null
  try {
    return fileURLToPath(apply(hrefOf, path, []) as string)
  } catch {
    return null
  }
}

function isReading(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & anyWriting) === 0
  // Callback and promise forms may leave the flags out.
  return flags === undefined || typeof flags === 'function' || flags === 'r'
}

function closeAll(module: string): void {
  let found: Doors
  try {
    found = doors(`node:${module}`)
  } catch {
    // Electron is built without some: what is not there needs no closing.
    return
  }
  for (const [name, value] of entries(found)) if (typeof value === 'function') put(found, name, refuse(`${module}.${name}`))
}

/** Some of what modules offer has no setter. */
function put(found: Doors, name: string, value: Door): void {
  defineProperty(found, name, { value, configurable: true, enumerable: true, writable: true })
}

/** What gives promises refuses by one. */
function putPromised(found: Doors, name: string, value: Door): void {
  put(found, name, function (this: unknown, ...given) {
    try {
      return apply<unknown, unknown[], unknown>(value, this, given)
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error('Refused'))
    }
  })
}

function doors(module: string): Doors {
  return builtin(module) as Doors
}

function refuse(what: string): Door {
  // Not an arrow: what is a class elsewhere may be extended, as long as nobody makes one.
  return function () {
    throw Object.assign(new Error(`A worker has no ${what}`), { code: 'ERR_ACCESS_DENIED' })
  }
}
