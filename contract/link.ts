/**
 * The link: five frames that carry every call and stream between two sides, here page and host, or host and
 * engine. It knows nothing of what is said over it, nor of what carries it.
 */
import type { z } from 'zod'
import { AppError, type Failure } from './errors.ts'

/** What travels over a {@link Port}. `open` and `cancel` go in; `item`, `done` and `fail` come out. */
export type Frame =
  | { t: 'open'; id: number; method: string; input?: unknown }
  | { t: 'cancel'; id: number }
  | { t: 'item'; id: number; value: unknown }
  | { t: 'done'; id: number; value?: unknown }
  | { t: 'fail'; id: number; error: Failure }

/** One end of a two-way channel. Whatever can do these four things can carry the application. */
export interface Port {
  send(frame: Frame): void
  onFrame(listener: (frame: Frame) => void): void
  onClose(listener: () => void): void
  close(): void
}

interface Call<I extends z.ZodType, O extends z.ZodType> {
  kind: 'call'
  input: I
  output: O
}
interface Stream<I extends z.ZodType, O extends z.ZodType> {
  kind: 'stream'
  input: I
  item: O
}

/** A table of areas, each a table of methods. An inert value: it holds no handlers. */
export type Contract = Record<string, Record<string, Call<z.ZodType, z.ZodType> | Stream<z.ZodType, z.ZodType>>>

/** Declares a method that acts and answers once. */
export function call<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Call<I, O> {
  return { kind: 'call', input, output }
}

/** Declares a method that watches: its first item is the present, and it lasts until it ends or is left. */
export function stream<I extends z.ZodType, O extends z.ZodType>(input: I, item: O): Stream<I, O> {
  return { kind: 'stream', input, item }
}

/** `signal` is the only way to cancel. */
export interface CallOptions {
  signal?: AbortSignal
}

/** Who calls: the host gives each port its caller, and nobody says of himself who he is. */
export interface Caller {
  /** A window of the application, a page in a browser, the command line, a program with a token, a tool that a model uses, or one of our own processes. */
  kind: 'window' | 'browser' | 'command_line' | 'api' | 'tool' | 'process'
  /** Which one of its kind, while it is connected. */
  id: string
}

/** What a handler knows beside its input. The signal fires when the caller left; it must not stop shared work. */
export interface Context {
  signal: AbortSignal
  caller: Caller
}

const ownProcess: Caller = { kind: 'process', id: '' }

/** The typed methods of the calling side. */
export type ClientOf<C extends Contract> = {
  [A in keyof C]: {
    [M in keyof C[A]]: C[A][M] extends Call<infer I, infer O>
      ? (input: z.input<I>, options?: CallOptions) => Promise<z.output<O>>
      : C[A][M] extends Stream<infer I, infer O>
        ? (input: z.input<I>, options?: CallOptions) => AsyncIterable<z.output<O>>
        : never
  }
}

/** The methods that the answering side must provide. */
export type HandlersOf<C extends Contract> = {
  [A in keyof C]: {
    [M in keyof C[A]]: C[A][M] extends Call<infer I, infer O>
      ? (input: z.output<I>, context: Context) => z.input<O> | Promise<z.input<O>>
      : C[A][M] extends Stream<infer I, infer O>
        ? (input: z.output<I>, context: Context) => AsyncIterable<z.input<O>>
        : never
  }
}

/**
 * The calling end: turns a port into typed methods.
 * @throws AppError from the methods: what the other side failed with, `cancelled`, or `disconnected` when the port closed.
 */
export function connect<C extends Contract>(port: Port, contract: C): ClientOf<C> {
  let nextId = 1
  let closed = false
  const open = new Map<number, (frame: Frame) => void>()

  port.onFrame((frame) => {
    // What the other side asks on the same line is for whoever serves it here, and has numbers of its own.
    if (frame.t !== 'open' && frame.t !== 'cancel') open.get(frame.id)?.(frame)
  })
  port.onClose(() => {
    closed = true
    for (const [id, receive] of [...open]) receive(failed(id, 'disconnected', 'The other side went away'))
  })

  /** Opens one exchange; `receive` gets its frames, the last being `done` or `fail`. Returns the way to leave it. */
  function start(method: string, input: unknown, signal: AbortSignal | undefined, receive: (frame: Frame) => void): () => void {
    const id = nextId++
    if (closed || signal?.aborted) {
      receive(closed ? failed(id, 'disconnected', 'The other side went away') : failed(id, 'cancelled', 'Cancelled'))
      return () => undefined
    }
    function finish(): void {
      open.delete(id)
      signal?.removeEventListener('abort', cancel)
    }
    function cancel(): void {
      if (!open.has(id)) return
      finish()
      if (!closed) port.send({ t: 'cancel', id })
      receive(failed(id, 'cancelled', 'Cancelled'))
    }
    open.set(id, (frame) => {
      if (frame.t === 'done' || frame.t === 'fail') finish()
      receive(frame)
    })
    signal?.addEventListener('abort', cancel, { once: true })
    port.send({ t: 'open', id, method, input })
    return cancel
  }

  function asCall(method: string) {
    return (input: unknown, { signal }: CallOptions = {}) =>
      new Promise<unknown>((resolve, reject) => {
        start(method, input, signal, (frame) => {
          if (frame.t === 'done') resolve(frame.value)
          else if (frame.t === 'fail') reject(AppError.fromFailure(frame.error))
        })
      })
  }

  function asStream(method: string) {
    return async function* (input: unknown, { signal }: CallOptions = {}) {
      const queue: Frame[] = []
      let wake: () => void = () => undefined
      const leave = start(method, input, signal, (frame) => {
        queue.push(frame)
        wake()
      })
      try {
        for (;;) {
          const frame = queue.shift()
          if (!frame) {
            await new Promise<void>((resolve) => (wake = resolve))
            continue
          }
          if (frame.t === 'item') yield frame.value
          else if (frame.t === 'fail') throw AppError.fromFailure(frame.error)
          else return
        }
      } finally {
        leave()
      }
    }
  }

  return mapTable(contract, (spec, method) => (spec.kind === 'call' ? asCall(method) : asStream(method))) as ClientOf<C>
}

/** Calls and streams that one page may have open at a time; the whole page has some forty. */
const mostOpen = 2_000

/**
 * The answering end: answers a port from a table of handlers. Input is parsed here, always.
 * @param onBug told of everything thrown that is not an AppError; returns the reference that the caller is shown.
 * @param caller who is at the other end
 * @returns the way to stop answering.
 */
export function serve<C extends Contract>(
  port: Port,
  contract: C,
  handlers: HandlersOf<C>,
  onBug: (error: unknown, method: string) => string,
  caller: Caller = ownProcess,
): () => void {
  const running = new Map<number, AbortController>()
  let stopped = false

  function stop(): void {
    stopped = true
    for (const work of running.values()) work.abort()
    running.clear()
  }
  port.onClose(stop)
  port.onFrame((frame) => {
    if (stopped) return
    if (frame.t === 'cancel') {
      running.get(frame.id)?.abort()
      running.delete(frame.id)
    } else if (frame.t === 'open' && !running.has(frame.id)) {
      if (running.size < mostOpen) void answer(frame.id, frame.method, frame.input)
      else port.send(failed(frame.id, 'busy', 'Too much is open on this line'))
    }
  })

  async function answer(id: number, method: string, rawInput: unknown): Promise<void> {
    const work = new AbortController()
    running.set(id, work)
    const say = (frame: Frame): void => {
      if (!work.signal.aborted) port.send(frame)
    }
    try {
      const [area = '', name = ''] = method.split('.')
      const spec = own(own(contract, area), name)
      if (!spec) throw new AppError('invalid_input', `No such method: ${method}`)
      const parsed = spec.input.safeParse(rawInput)
      if (!parsed.success) {
        const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
        throw new AppError('invalid_input', `Bad input for ${method}`, { issues })
      }
      const handler = own(own(handlers, area), name) as (input: unknown, context: Context) => unknown
      const result = handler(parsed.data, { signal: work.signal, caller })
      if (spec.kind === 'call') say({ t: 'done', id, value: await result })
      else {
        for await (const value of result as AsyncIterable<unknown>) {
          if (work.signal.aborted) break
          say({ t: 'item', id, value })
        }
        say({ t: 'done', id })
      }
    } catch (error) {
      if (error instanceof AppError) say({ t: 'fail', id, error: error.toFailure() })
      else if (!work.signal.aborted) say(failed(id, 'internal', 'Something went wrong', { reference: onBug(error, method) }))
    } finally {
      running.delete(id)
    }
  }
  return stop
}

/** A key of the table itself: what it inherits, such as `constructor`, is nobody's to call. */
function own<T extends object>(table: T | undefined, key: string): T[keyof T] | undefined {
  return table && Object.hasOwn(table, key) ? table[key as keyof T] : undefined
}

function failed(id: number, code: Failure['code'], message: string, data?: Record<string, unknown>): Frame {
  return { t: 'fail', id, error: new AppError(code, message, data).toFailure() }
}

function mapTable<C extends Contract>(contract: C, make: (spec: C[string][string], method: string) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(contract).map(([area, methods]) => [
      area,
      Object.fromEntries(
        Object.entries(methods).map(([name, spec]) => [name, make(spec as C[string][string], `${area}.${name}`)]),
      ),
    ]),
  )
}
