/** What a page behind loopback proves itself by: where it comes from, where it stays, and to whom it is handed. */
import { expect, test } from 'vitest'
import { PagePass, type Credential, type PassPlaces } from '../../renderer/link/page-pass.ts'

/** The tabs of one origin; what one says the others hear. */
class Tabs {
  readonly #channels: PassPlaces['channel'][] = []

  open(hash = '', kept: string | null = null) {
    const store = new Map<string, string>(kept === null ? [] : [['pass', kept]])
    const addresses: string[] = []
    const location = { hash }
    const channel: PassPlaces['channel'] = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of this.#channels)
          if (other !== channel) queueMicrotask(() => other.onmessage?.({ data } as MessageEvent))
      },
    }
    this.#channels.push(channel)
    const storage = {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => void store.set(key, value),
      removeItem: (key: string) => void store.delete(key),
    }
    const history = {
      replaceState: (_state: unknown, _title: string, url?: string | URL | null) => void addresses.push(String(url)),
    }
    const pass = new PagePass({ location, history, storage, channel })
    return { pass, store, addresses, location }
  }
}

async function all(pass: PagePass): Promise<Credential[]> {
  const found: Credential[] = []
  for await (const credential of pass.credentials()) found.push(credential)
  return found
}

test('the token is taken out of the address at once, tried once, and never kept', async () => {
  const { pass, store, addresses } = new Tabs().open('#enter=secret')
  expect(addresses).toEqual(['/'])
  expect(await all(pass)).toEqual([{ by: 'token', secret: 'secret' }])
  expect(await all(pass)).toEqual([])
  expect([...store]).toEqual([])
})

test('any other fragment is left alone: it is a place of the page', () => {
  expect(new Tabs().open('#/chat').addresses).toEqual([])
})

test('a new address opened in a tab that stands is taken too', async () => {
  const { pass, location } = new Tabs().open('#/chat', 'old')
  location.hash = '#enter=new'
  pass.readAddress()
  expect(await all(pass)).toEqual([
    { by: 'token', secret: 'new' },
    { by: 'pass', secret: 'old' },
  ])
})

test('a reload finds what the tab kept; a second tab gets it from a living one, and from nobody when none lives', async () => {
  const tabs = new Tabs()
  const first = tabs.open()
  first.pass.keep('pass of this run')
  expect(await all(first.pass)).toEqual([{ by: 'pass', secret: 'pass of this run' }])
  expect(await all(tabs.open().pass)).toEqual([{ by: 'pass', secret: 'pass of this run' }])
  expect(await all(new Tabs().open().pass)).toEqual([])
})

test('a tab of an earlier run takes the pass of the next one, once its own was refused', async () => {
  const tabs = new Tabs()
  const old = tabs.open('', 'ended')
  old.pass.drop({ by: 'pass', secret: 'ended' })
  tabs.open().pass.keep('living')
  await Promise.resolve()
  expect(await all(old.pass)).toEqual([{ by: 'pass', secret: 'living' }])
})
