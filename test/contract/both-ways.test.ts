/** Two contracts on one line, each side serving the other: their numbers may meet, and neither takes the other's frames for its own. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, connect, serve, stream, type Frame, type Port } from '../../contract/link.ts'

const up = { up: { count: stream(z.object({}), z.number()) } } as const
const down = { down: { say: call(z.object({ word: z.string() }), z.string()) } } as const

test('a stream goes on while the other side asks under the same numbers (bug: a question taken for the end of an answer)', async () => {
  const { port1, port2 } = new MessageChannel()
  const [one, other] = [portOf(port1), portOf(port2)]
  const upper = connect(one, up)
  serve(one, down, { down: { say: ({ word }) => word } }, String)
  const lower = connect(other, down)
  const count = async function* (): AsyncGenerator<number> {
    for (let at = 0; at < 5; at++) {
      expect(await lower.down.say({ word: `word ${at}` })).toBe(`word ${at}`)
      yield at
    }
  }
  serve(other, up, { up: { count } }, String)
  const counted: number[] = []
  for await (const at of upper.up.count({})) counted.push(at)
  expect(counted).toEqual([0, 1, 2, 3, 4])
  port1.close()
})

function portOf(port: MessagePort): Port {
  return {
    send: (frame) => port.postMessage(frame),
    onFrame: (listener) => port.on('message', (frame: Frame) => listener(frame)),
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  }
}
