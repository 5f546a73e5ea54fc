/** A window sends documents part by part: every byte arrives in order, one part at a time, and nothing stays of one that was given up. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { contract } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import { connect } from '../../contract/link.ts'
import { sendDocument } from '../../renderer/link/send-document.ts'
import { FakeHost } from '../fixtures/fake-host.ts'

const never = new AbortController().signal
const ignore = (): void => undefined

it('sends a large file, a small one and an empty one whole, and never two parts at once', async () => {
  for (const sizeBytes of [3 * 1024 * 1024 + 17, 1024 * 1024, 5, 0]) {
    const { client, host } = connected()
    const bytes = randomBytes(sizeBytes)
    const reports: number[] = []
    const sent = await sendDocument(client, new File([bytes], 'lettre.txt'), (fraction) => reports.push(fraction), never)
    const parts = host.received.map(({ base64 }) => Buffer.from(base64, 'base64'))
    expect(Buffer.concat(parts).equals(bytes)).toBe(true)
    expect(parts.every(({ length }) => length <= 1024 * 1024)).toBe(true)
    expect(host.received.map(({ last }) => last)).toEqual(parts.map((_, at) => at === parts.length - 1))
    expect(host.received.map(({ reference }) => reference)).toEqual(parts.map((_, at) => (at === 0 ? null : 'received')))
    expect(sent.reference).toBe('received')
    expect([...reports].sort((a, b) => a - b)).toEqual(reports)
    expect(reports.at(-1)).toBe(1)
    expect(host.mostReceivedAtOnce).toBe(1)
  }
})

it('takes a half sent file back when it is given up or refused', async () => {
  const file = new File([new Uint8Array(3 * 1024 * 1024)], 'a.pdf')
  const { client, host } = connected()
  const stopping = new AbortController()
  const stopped = sendDocument(client, file, () => stopping.abort(), stopping.signal)
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
  expect(host.received).toHaveLength(1)
  expect(host.calls).toContain('desktop.takeBack')

  const full = connected()
  full.host.failures.set('desktop.receive', new AppError('disk_full', 'Full'))
  await expect(sendDocument(full.client, file, ignore, never)).rejects.toMatchObject({ code: 'disk_full' })
  // Nothing was begun, so there is nothing to take back.
  expect(full.host.calls).not.toContain('desktop.takeBack')
})

it('says that a file is gone, and not that the host is', async () => {
  const { client } = connected()
  const gone = new File([new Uint8Array(10)], 'gone.pdf')
  gone.slice = () => Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) })
  await expect(sendDocument(client, gone, ignore, never)).rejects.toMatchObject({ code: 'file_unreadable' })
})

function connected() {
  const host = new FakeHost()
  return { host, client: connect(host.connect(), contract) }
}
