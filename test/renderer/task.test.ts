/** One action of a person after another: what is asked for beside a running one is done too, unless it would be the same again. */
import { describe, expect, it } from 'vitest'
import { contract, type Client } from '../../contract/contract.ts'
import { connect } from '../../contract/link.ts'
import { CatalogueState } from '../../renderer/state/catalogue.svelte.ts'
import { DocumentsState } from '../../renderer/state/documents.svelte.ts'
import { SourcesState } from '../../renderer/state/sources.svelte.ts'
import { Task } from '../../renderer/state/task.svelte.ts'
import { FakeHost } from '../fixtures/fake-host.ts'
import { fakeReport } from '../fixtures/fake-sources.ts'

const notSent = () => Promise.reject(new Error('No file is sent'))

describe('a task', () => {
  it('runs one after the other, and each tells whether it succeeded', async () => {
    const task = new Task()
    const first = Promise.withResolvers<void>()
    const done: string[] = []
    const both = Promise.all([
      task.run(async () => {
        await first.promise
        done.push('first')
      }),
      task.run(() => Promise.resolve(done.push('second'))),
    ])
    expect(task.busy).toBe(true)
    first.resolve()
    expect([await both, done, task.busy]).toEqual([[true, true], ['first', 'second'], false])
  })

  it('drops only what is said to be the same again', async () => {
    const task = new Task()
    const first = Promise.withResolvers<void>()
    const running = task.run(() => first.promise)
    expect(await task.once(() => Promise.reject(new Error('Not asked')))).toBe(false)
    first.resolve()
    expect([await running, await task.once(() => Promise.resolve())]).toEqual([true, true])
  })
})

describe('beside a running action nothing is lost (bug: the second was dropped without a word)', () => {
  it('of documents: pausing, then removing, in the workspace in which it was asked for', async () => {
    const host = new FakeHost()
    const documents = new DocumentsState(connect(host.connect(), contract), notSent)
    documents.show('leases')
    const both = Promise.all([documents.pause(true), documents.remove(['plan'])])
    documents.show(null)
    expect(await both).toEqual([true, true])
    expect(host.calls.filter((call) => call.startsWith('documents.'))).toEqual(['documents.pause', 'documents.remove'])
    documents.forget()
  })

  it('of downloads: two are cancelled', async () => {
    const cancelled: string[] = []
    const models = { cancelDownload: ({ downloadId }: { downloadId: string }) => Promise.resolve(cancelled.push(downloadId)) }
    const catalogue = new CatalogueState({ models } as unknown as Client, notSent)
    expect(await Promise.all([catalogue.cancel('one'), catalogue.cancel('two')])).toEqual([true, true])
    expect(cancelled).toEqual(['one', 'two'])
  })

  it('of sources: what was searched for the second answer is shown, not that for the first', async () => {
    const asked: string[] = []
    const inspect = ({ messageId }: { messageId: string }) => Promise.resolve(asked.push(messageId)).then(() => fakeReport)
    const sources = new SourcesState({ chat: { inspect } } as unknown as Client)
    const place = { workspaceId: 'personal', conversationId: 'talk' }
    await Promise.all(['first', 'second', 'second'].map((messageId) => sources.inspect(place, messageId)))
    expect([asked, sources.report('second')]).toEqual([['first', 'second'], fakeReport])
  })
})
