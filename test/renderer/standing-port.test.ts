/** The line that comes back. Catches streams that stay silent after a restart of the host, and calls that hang for ever. */
import { fakeWorkspace } from '../fixtures/fake-nouns.ts'
import { describe, expect, it } from 'vitest'
import { contract } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import { connect, type Port } from '../../contract/link.ts'
import { isStream } from '../../renderer/link/is-stream.ts'
import { StandingPort } from '../../renderer/link/standing-port.ts'
import { FakeHost } from '../fixtures/fake-host.ts'

const soon = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function standing(openPort: () => Promise<Port>): { port: StandingPort; pauses: number[]; states: boolean[] } {
  const pauses: number[] = []
  const states: boolean[] = []
  const port = new StandingPort(openPort, isStream, (ms) => {
    pauses.push(ms)
    return soon()
  })
  port.onChange((connected) => states.push(connected))
  return { port, pauses, states }
}

describe('a standing port', () => {
  it('follows its streams again over the next line, beginning with the present', async () => {
    const host = new FakeHost()
    const { port, states } = standing(() => Promise.resolve(host.connect()))
    const client = connect(port, contract)
    const names: string[] = []
    const leave = new AbortController()
    const watching = (async () => {
      for await (const all of client.workspaces.list({}, { signal: leave.signal })) names.push(all[0]?.name ?? '')
    })()
    await soon(10)
    host.drop()
    host.workspaces.set([{ ...fakeWorkspace, name: 'Renamed meanwhile' }])
    await soon(20)
    host.workspaces.set([{ ...fakeWorkspace, name: 'And later' }])
    await soon(10)
    expect(names).toEqual(['Personal', 'Renamed meanwhile', 'And later'])
    expect(states).toEqual([true, false, true])
    leave.abort()
    await expect(watching).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('fails calls that were under way, and calls made while there is no line', async () => {
    const host = new FakeHost()
    host.importMs = 1000
    let reachable = true
    const { port } = standing(() =>
      reachable ? Promise.resolve(host.connect()) : Promise.reject(new AppError('disconnected', 'Nobody there')),
    )
    const client = connect(port, contract)
    await soon(10)
    const underWay = client.models.import({ reference: 'r' })
    underWay.catch(() => undefined)
    await soon(5)
    reachable = false
    host.drop()
    await expect(underWay).rejects.toMatchObject({ code: 'disconnected' })
    await expect(client.desktop.state({})).rejects.toMatchObject({ code: 'disconnected' })
    reachable = true
    await soon(20)
    await expect(client.desktop.state({})).resolves.toMatchObject({ version: '0.1.0' })
  })

  it('waits longer after each failure and says that it is looking', async () => {
    const host = new FakeHost()
    let left = 3
    const { port, pauses, states } = standing(() =>
      left-- > 0 ? Promise.reject(new AppError('disconnected', 'Not yet')) : Promise.resolve(host.connect()),
    )
    await expect.poll(() => states.at(-1)).toBe(true)
    expect(pauses).toEqual([0, 250, 500, 1000])
    expect(states).toEqual([false, false, false, true])
    port.close()
  })

  it('asks a host that is away ever more seldom, and at once when somebody comes back to the page', async () => {
    const host = new FakeHost()
    let isThere = false
    const pauses: number[] = []
    const port = new StandingPort(
      () => (isThere ? Promise.resolve(host.connect()) : Promise.reject(new AppError('disconnected', 'Away'))),
      isStream,
      (ms) => {
        pauses.push(ms)
        return ms < 60_000 ? soon() : new Promise(() => undefined)
      },
    )
    const states: boolean[] = []
    port.onChange((connected) => states.push(connected))
    await expect.poll(() => pauses.at(-1)).toBe(60_000)
    expect(pauses).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000])
    isThere = true
    port.hurry()
    await expect.poll(() => states.at(-1)).toBe(true)
    expect(pauses.length).toBe(10)
    port.close()
  })

  it('does not follow again what was left while there was no line', async () => {
    const host = new FakeHost()
    const { port } = standing(() => Promise.resolve(host.connect()))
    const client = connect(port, contract)
    const leave = new AbortController()
    const watching = (async () => {
      for await (const _ of client.settings.state({}, { signal: leave.signal })) leave.abort()
    })()
    await expect(watching).rejects.toMatchObject({ code: 'cancelled' })
    const opened: string[] = []
    const connectAgain = host.connect.bind(host)
    host.connect = () => {
      const line = connectAgain()
      return {
        ...line,
        onFrame: (l) => line.onFrame(l),
        onClose: (l) => line.onClose(l),
        close: () => line.close(),
        send: (frame) => (opened.push(frame.t), line.send(frame)),
      }
    }
    host.drop()
    await soon(20)
    expect(opened).toEqual([])
  })
})
