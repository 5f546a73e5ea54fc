/** The link, the same over each of its carriers: memory, a MessagePort, a WebSocket. What it says of promises 2 and 3 of the house is shown here. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { WebSocket, WebSocketServer } from 'ws'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import { call, connect, serve, stream, type ClientOf, type Frame, type HandlersOf, type Port } from '../../contract/link.ts'
import { webSocketPort } from '../../electron/loopback/web-socket-port.ts'
import { memoryPorts } from '../fixtures/memory-ports.ts'

const Nothing = z.object({})
const contract = {
  shop: {
    double: call(z.object({ number: z.number().min(0) }), z.number()),
    fail: call(Nothing, z.void()),
    break: call(Nothing, z.void()),
    wait: call(Nothing, z.string()),
  },
  counter: {
    upTo: stream(z.object({ last: z.number() }), z.number()),
    forever: stream(Nothing, z.number()),
    breaking: stream(Nothing, z.number()),
  },
} as const

/** Two ends, and what closes whatever carries them. */
interface Carrier {
  page: Port
  host: Port
  /** Sends something that no client would. */
  raw: (frame: Frame) => void
  close: () => Promise<void>
}

function overMemory(): Promise<Carrier> {
  const [page, host] = memoryPorts()
  return Promise.resolve({ page, host, raw: (frame) => page.send(frame), close: () => Promise.resolve(page.close()) })
}

function overMessagePort(): Promise<Carrier> {
  const { port1, port2 } = new MessageChannel()
  const page = asPort(port1)
  return Promise.resolve({
    page,
    host: asPort(port2),
    raw: (frame) => page.send(frame),
    close: () => Promise.resolve(port1.close()),
  })
}

function asPort(port: MessagePort): Port {
  return {
    send: (frame) => port.postMessage(frame),
    onFrame: (listener) => port.on('message', listener),
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  }
}

async function overWebSocket(): Promise<Carrier> {
  const { server, client, accepted } = await sockets()
  const page = webSocketPort(client)
  const close = async (): Promise<void> => {
    client.terminate()
    await new Promise((resolve) => server.close(resolve))
  }
  return { page, host: webSocketPort(accepted), raw: (frame) => page.send(frame), close }
}

async function sockets(): Promise<{ server: WebSocketServer; client: WebSocket; accepted: WebSocket }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown]
  return { server, client, accepted }
}

/** What the answering side saw. */
class Shop {
  readonly handlers: HandlersOf<typeof contract>
  counted = 0
  left = 0
  waiting: AbortSignal | null = null
  finishWait: (text: string) => void = () => undefined
  calls = 0

  constructor() {
    this.handlers = {
      shop: {
        double: ({ number }) => {
          this.calls++
          return number * 2
        },
        fail: () => Promise.reject(new AppError('wrong_passphrase', 'for the log', { triesLeft: 2 })),
        break: () => {
          throw new TypeError('the secret of /home/anna/letter.txt')
        },
        wait: (_input, { signal }) => {
          this.waiting = signal
          return new Promise((resolve) => (this.finishWait = resolve))
        },
      },
      counter: { upTo: ({ last }) => count(last), forever: (_input, { signal }) => this.#watch(signal), breaking },
    }
  }

  /** The work goes on by itself; this only shows it. */
  async *#watch(signal: AbortSignal): AsyncGenerator<number> {
    const work = setInterval(() => this.counted++, 2)
    stopWork.push(() => clearInterval(work))
    try {
      while (!signal.aborted) {
        yield this.counted
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    } finally {
      this.left++
    }
  }
}

async function* count(last: number): AsyncGenerator<number> {
  for (let number = 1; number <= last; number++) {
    if (number % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    yield number
  }
}

async function* breaking(): AsyncGenerator<number> {
  yield 1
  await Promise.resolve()
  throw new RangeError('the secret of the second item')
}

const stopWork: (() => void)[] = []
afterEach(() => {
  for (const stop of stopWork.splice(0)) stop()
})

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1000) throw new Error('It never came to be')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

const carriers: [string, () => Promise<Carrier>][] = [
  ['memory', overMemory],
  ['a MessagePort', overMessagePort],
  ['a WebSocket', overWebSocket],
]

describe.each(carriers)('over %s', (_name, open) => {
  let carrier: Carrier
  let client: ClientOf<typeof contract>
  let shop: Shop
  let stopServing: () => void
  const bugs: { error: unknown; method: string }[] = []

  beforeEach(async () => {
    carrier = await open()
    shop = new Shop()
    bugs.length = 0
    stopServing = serve(carrier.host, contract, shop.handlers, (error, method) => `bug-${bugs.push({ error, method })}`)
    client = connect(carrier.page, contract)
  })
  afterEach(() => carrier.close())

  test('a call acts and answers once', async () => {
    expect(await client.shop.double({ number: 21 })).toBe(42)
    expect(shop.calls).toBe(1)
  })

  test('a stream gives its items in order and ends (bug: the last item overtaken by the end)', async () => {
    expect(await collect(client.counter.upTo({ last: 200 }))).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
  })

  test('bad input is refused with its issues, and no handler sees it', async () => {
    await expect(client.shop.double({ number: -1 })).rejects.toMatchObject({
      code: 'invalid_input',
      data: { issues: [expect.stringContaining('number')] },
    })
    expect(shop.calls).toBe(0)
  })

  test.each([
    'shop.nothing',
    'nothing.double',
    '__proto__.x',
    'constructor.x',
    'shop.__proto__',
    'shop.constructor',
    'shop',
    '',
    'toString.call',
  ])('the method %j is unknown (bug: the prototype of a table answers)', async (method) => {
    const answered = new Promise<Frame>((resolve) => carrier.page.onFrame(resolve))
    carrier.raw({ t: 'open', id: 7, method, input: {} })
    expect(await answered).toMatchObject({ t: 'fail', id: 7, error: { code: 'invalid_input' } })
    expect(bugs).toEqual([])
  })

  test('a coded error comes over with its data', async () => {
    const error = await client.shop.fail({}).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'wrong_passphrase', data: { triesLeft: 2 } })
  })

  test.each(['call', 'stream'])('a bug in a %s becomes a reference, and its text stays here', async (kind) => {
    const asked = kind === 'call' ? client.shop.break({}) : collect(client.counter.breaking({}))
    const error = await asked.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'internal', data: { reference: 'bug-1' } })
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
    expect(String(bugs[0]?.error)).toContain('secret')
    expect(bugs[0]?.method).toBe(kind === 'call' ? 'shop.break' : 'counter.breaking')
  })

  test('a signal cancels a call on both sides', async () => {
    const stop = new AbortController()
    const waiting = client.shop.wait({}, { signal: stop.signal })
    await until(() => shop.waiting !== null)
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => shop.waiting?.aborted === true)
  })

  test('a signal cancels a stream, also while it waits', async () => {
    const stop = new AbortController()
    const reading = (async () => {
      for await (const item of client.counter.forever({}, { signal: stop.signal })) if (item >= 0) stop.abort()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => shop.left === 1)
  })

  test('a signal that has fired already asks nothing', async () => {
    await expect(client.shop.double({ number: 1 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    expect(shop.calls).toBe(0)
  })

  test('leaving a stream ends the watching and not the work', async () => {
    for await (const item of client.counter.forever({})) if (item > 2) break
    await until(() => shop.left === 1)
    const then = shop.counted
    await until(() => shop.counted > then + 5)
  })

  test('a lost line fails what is open, and everything after it', async () => {
    const waiting = client.shop.wait({})
    const reading = collect(client.counter.forever({}))
    const [lostCall, lostStream] = [expect(waiting).rejects, expect(reading).rejects]
    await until(() => shop.waiting !== null)
    await carrier.close()
    await lostCall.toMatchObject({ code: 'disconnected' })
    await lostStream.toMatchObject({ code: 'disconnected' })
    await expect(client.shop.double({ number: 1 })).rejects.toMatchObject({ code: 'disconnected' })
    await expect(collect(client.counter.upTo({ last: 3 }))).rejects.toMatchObject({ code: 'disconnected' })
    await until(() => shop.waiting?.aborted === true && shop.left === 1)
  })

  test('an answer that comes when nobody is there any more is no error', async () => {
    const waiting = client.shop.wait({}).catch(() => 'lost')
    await until(() => shop.waiting !== null)
    await carrier.close()
    expect(await waiting).toBe('lost')
    shop.finishWait('too late')
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(bugs).toEqual([])
  })

  test('who stops serving leaves its streams and answers nothing more', async () => {
    const reading = collect(client.counter.forever({})).catch(() => 'lost')
    await until(() => shop.counted > 0)
    stopServing()
    await until(() => shop.left === 1)
    void client.shop.double({ number: 1 }).catch(() => 'lost')
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(shop.calls).toBe(0)
    await carrier.close()
    expect(await reading).toBe('lost')
  })

  test('fifty streams at once do not mix (bug: one queue for two exchanges)', async () => {
    const lengths = Array.from({ length: 50 }, (_, index) => index + 1)
    const found = await Promise.all(lengths.map((last) => collect(client.counter.upTo({ last }))))
    expect(found.map((items) => items.length)).toEqual(lengths)
    expect(found.every((items) => items.every((item, index) => item === index + 1))).toBe(true)
  })
})

test('one page has 2,000 open at a time: the next is told to wait, and a number in use is not taken twice', async () => {
  const [page, host] = memoryPorts()
  let begun = 0
  const handlers = {
    counter: {
      async *forever(_none: unknown, { signal }: { signal: AbortSignal }) {
        begun++
        yield begun
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      },
    },
  }
  const stop = serve(host, { counter: { forever: contract.counter.forever } }, handlers, () => 'bug')
  const failures: Frame[] = []
  page.onFrame((frame) => frame.t === 'fail' && failures.push(frame))
  for (let id = 0; id < 2_001; id++) page.send({ t: 'open', id, method: 'counter.forever', input: {} })
  page.send({ t: 'open', id: 7, method: 'counter.forever', input: {} })
  await expect.poll(() => failures).toMatchObject([{ id: 2_000, error: { code: 'busy' } }])
  expect(begun).toBe(2_000)
  stop()
})

describe('a WebSocket', () => {
  test.each([
    'not json',
    '"text"',
    'null',
    '7',
    '[]',
    '{}',
    '{"t":"open"}',
    '{"t":"open","id":"1","method":"shop.double"}',
    '{"t":"open","id":1,"method":{}}',
    '{"t":"what","id":1}',
  ])('that sends %s is closed, and nothing is thrown', async (text) => {
    const { server, client, accepted } = await sockets()
    const frames: Frame[] = []
    webSocketPort(accepted).onFrame((frame) => frames.push(frame))
    client.send(text)
    const [code] = (await once(client, 'close')) as [number]
    expect({ code, frames }).toEqual({ code: 1007, frames: [] })
    server.close()
  })

  test('that sends bytes is closed', async () => {
    const { server, client, accepted } = await sockets()
    webSocketPort(accepted).onFrame(() => undefined)
    client.send(Buffer.from('{"t":"cancel","id":1}'))
    expect(((await once(client, 'close')) as [number])[0]).toBe(1007)
    server.close()
  })

  test('that is closed takes what is still sent without a word', async () => {
    const { server, client, accepted } = await sockets()
    const port = webSocketPort(accepted)
    client.terminate()
    await once(accepted, 'close')
    expect(() => {
      port.send({ t: 'done', id: 1 })
      port.close()
    }).not.toThrow()
    server.close()
  })
})
