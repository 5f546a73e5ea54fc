/**
 * Closes every way out of this process before a parser is loaded: network, files, programs, threads, native code. Under plain Node the
 * permission model stands behind it, except for the network, which that model does not know in Node 24; under Electron this stands alone.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

type Door = (...given: unknown[]) => unknown
type Doors = Record<string, unknown>

const builtin = createRequire(import.meta.url)

/** What a parser may ask of a path inside the program. */
const looks =
  /^(access|exists|lstat|stat|statfs|open|openAsBlob|readFile|readlink|readdir|opendir|realpath|createReadStream|ReadStream|FileReadStream)(Sync)?$/
/** What takes no path, only what `open` gave. */
const handles = /^(close|read|readv|fstat)(Sync)?$/

/**
 * To be called before anything but this program's own files is imported.
 * @param parts absolute files and folders, without links, that may be read
 */
export function closeDoors(parts: readonly string[]): void {
  // Made on first use, and of a socket: it has to be there before sockets are closed.
  Reflect.get(process, 'stderr')
  closeNetwork()
  closePrograms()
  closeFiles(parts)
  // Imports by name hold what they found; this renews them.
  syncBuiltinESMExports()
}

function closeNetwork(): void {
  const net = doors('node:net')
  // The class stays: the line to the host and the error output are made of it.
  for (const name of ['Socket', 'Server']) {
    const kind = net[name] as { prototype: Doors }
    for (const verb of ['connect', 'listen']) if (typeof kind.prototype[verb] === 'function') kind.prototype[verb] = refuse(verb)
  }
  for (const name of ['connect', 'createConnection', 'createServer']) put(net, name, refuse(`net.${name}`))
  for (const module of ['tls', 'http', 'https', 'http2', 'dgram', 'dns', 'dns/promises', 'inspector']) closeAll(module)
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'Worker', 'BroadcastChannel']) Reflect.deleteProperty(globalThis, name)
}

function closePrograms(): void {
  for (const module of ['child_process', 'cluster', 'worker_threads', 'wasi', 'repl', 'trace_events']) closeAll(module)
  // Under Node's permission model as well: it lets SQLite open any file, as of Node 24.
  closeAll('sqlite')
  // Pictures of the memory are files, and the engine's flags say what it refuses.
  const engine = doors('node:v8')
  for (const name of ['writeHeapSnapshot', 'setHeapSnapshotNearHeapLimit', 'setFlagsFromString'])
    put(engine, name, refuse(`v8.${name}`))
  for (const name of ['binding', '_linkedBinding', 'dlopen', '_debugProcess', 'chdir', 'abort', 'execve', 'loadEnvFile']) {
    put(process as unknown as Doors, name, refuse(`process.${name}`))
  }
  const report: unknown = Reflect.get(process, 'report')
  if (report) put(report as Doors, 'writeReport', refuse('process.report'))
  // Hooks of this kind run in a thread of their own.
  put(doors('node:module'), 'register', refuse('module.register'))
  const kill = process.kill.bind(process)
  process.kill = (pid, signal) => (pid === process.pid ? kill(pid, signal) : (refuse('process.kill')() as never))
}

function closeFiles(parts: readonly string[]): void {
  for (const module of ['node:fs', 'node:fs/promises']) {
    const files = doors(module)
    for (const [name, value] of Object.entries(files)) {
      if (typeof value !== 'function' || handles.test(name) || name === 'Stats') continue
      put(files, name, looks.test(name) ? within(parts, name, value as Door) : refuse(`fs.${name}`))
    }
  }
}

/** The same function, for paths inside the program and for reading only. */
function within(parts: readonly string[], name: string, look: Door): Door {
  // Called with `new` as well as without: ReadStream is a class.
  const guarded = function (this: unknown, path: unknown, ...rest: unknown[]): unknown {
    const opens = /^open(Sync)?$/.test(name)
    if (!isInside(parts, path) || (opens && !isReading(rest[0]))) return refuse(`fs.${name}`)()
    return new.target ? (Reflect.construct(look, [path, ...rest]) as unknown) : Reflect.apply(look, this, [path, ...rest])
  }
  const native: unknown = Reflect.get(look, 'native')
  return Object.assign(guarded, typeof native === 'function' ? { native: within(parts, name, native as Door) } : {})
}

function isInside(parts: readonly string[], path: unknown): boolean {
  if (!(typeof path === 'string' || path instanceof URL || Buffer.isBuffer(path))) return false
  const text = path instanceof URL ? fileURLToPath(path) : String(path)
  // A null byte, or a path that leaves by `..`, is resolved before it is looked at.
  const full = resolve(text)
  return parts.some((part) => {
    const way = relative(part, full)
    return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
  })
}

function isReading(flags: unknown): boolean {
  // Callback and promise forms may leave the flags out.
  return flags === undefined || typeof flags === 'function' || flags === 'r' || flags === 0
}

function closeAll(module: string): void {
  let found: Doors
  try {
    found = doors(`node:${module}`)
  } catch {
    // Electron is built without some: what is not there needs no closing.
    return
  }
  for (const [name, value] of Object.entries(found))
    if (typeof value === 'function') put(found, name, refuse(`${module}.${name}`))
}

/** Some of what modules offer has no setter. */
function put(found: Doors, name: string, value: Door): void {
  Object.defineProperty(found, name, { value, configurable: true, enumerable: true, writable: true })
}

function doors(module: string): Doors {
  return builtin(module) as Doors
}

function refuse(what: string): Door {
  // Not an arrow: what is a class elsewhere may be extended, as long as nobody makes one.
  return function () {
    throw Object.assign(new Error(`The reader has no ${what}`), { code: 'ERR_ACCESS_DENIED' })
  }
}
