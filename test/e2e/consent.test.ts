// The question behind the loopback skin, in a real browser. The bug it would catch: a page, ours under attack or another server's, that answers in the person's place.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../contract/contract.ts'
import { answerConsent } from '../fixtures/answer-consent.ts'
import { openBrowser, serveAlambic, type Served } from '../fixtures/browser.ts'
import { connectLoopback, type Connection } from '../fixtures/loopback-connection.ts'
import { present, temporaryFolder, until } from '../fixtures/test-host.ts'

let served: Served
let browser: Browser
let connection: Connection
let client: Client
/** Another server of this machine, whose pages may do what they like. */
const stranger = createServer((_request, response) =>
  response.setHeader('Content-Type', 'text/html').end('<title>stranger</title>'),
)

beforeAll(async () => {
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  served = await serveAlambic(temporaryFolder())
  browser = await openBrowser()
  connection = await connectLoopback(served.url)
  client = connection.client
  await client.vault.create({ kind: 'passphrase', passphrase: 'one door and no other' })
})
afterAll(async () => {
  await connection.close()
  await browser.close()
  stranger.closeAllConnections()
  stranger.close()
  expect(await served.stop()).toBe(0)
})

/** Everything a page can try with an address that it should not even know. Says what it could read. */
async function attack(page: Page, address: string): Promise<unknown> {
  return page.evaluate(async (target) => {
    const read: string[] = []
    const note = (text: string | undefined): void => {
      if (text) read.push(text)
    }
    for (const mode of ['cors', 'no-cors'] as const) {
      for (const method of ['GET', 'POST']) {
        const body = method === 'POST' ? new URLSearchParams({ answer: 'always', token: '' }) : null
        note(
          await fetch(target, { mode, method, body }).then(
            (answer) => answer.text(),
            () => undefined,
          ),
        )
      }
    }
    const frame = document.body.appendChild(document.createElement('iframe'))
    frame.src = target
    await new Promise((resolve) => setTimeout(resolve, 500))
    try {
      note(frame.contentDocument?.querySelector('form')?.outerHTML)
    } catch {
      // Another origin's.
    }
    const opened = window.open(target)
    await new Promise((resolve) => setTimeout(resolve, 700))
    try {
      note(opened?.document.querySelector('form')?.outerHTML)
      opened?.document.querySelector<HTMLButtonElement>('button[value="always"]')?.click()
    } catch {
      // Another origin's.
    }
    const form = document.body.appendChild(document.createElement('form'))
    form.method = 'post'
    form.action = target
    form.target = 'elsewhere'
    for (const [name, value] of [
      ['answer', 'always'],
      ['token', ''],
    ] as const) {
      const field = form.appendChild(document.createElement('input'))
      field.name = name
      field.value = value
    }
    form.submit()
    await new Promise((resolve) => setTimeout(resolve, 500))
    return read
  }, address)
}

test('no page can give consent, though it knew where it is asked for; a person can', async () => {
  let outcome: unknown = 'open'
  const opening = client.desktop.openLink({ url: 'https://example.org/read?this=1' }).then(
    () => (outcome = 'opened'),
    (error: unknown) => (outcome = error),
  )
  const address = await served.asks()
  expect(new URL(address).port).not.toBe(new URL(served.url).port)
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)
  expect(await attack(page, address)).toEqual([])
  expect(outcome).toBe('open')
  await page.close()

  const asked = await browser.newPage({ locale: 'en-GB' })
  await asked.goto(address)
  await asked.getByText('https://example.org/read?this=1', { exact: true }).waitFor()
  // A key that was meant for another window answers nothing.
  for (const key of ['Enter', 'Space', 'Escape']) await asked.keyboard.press(key)
  expect(outcome).toBe('open')
  await asked.getByRole('button', { name: 'Open', exact: true }).click()
  await opening
  expect(outcome).toBe('opened')
  expect(await served.opens()).toBe('https://example.org/read?this=1')
  const { entries } = await present(client.network.door({ limit: 1 }))
  expect(entries).toMatchObject([{ host: 'example.org', port: 443, purpose: 'link', outcome: 'passed' }])
})

test('a no opens nothing, and a lock takes the question away', async () => {
  const refused = client.desktop.openLink({ url: 'https://example.org/' }).catch((error: unknown) => error)
  await answerConsent(await served.asks(), 'no')
  expect(await refused).toMatchObject({ code: 'network_not_allowed' })
  const left = client.models.checkCatalogue({}).catch((error: unknown) => error)
  expect(await left).toMatchObject({ code: 'not_found' })
  await client.settings.set({ catalogueAddress: 'https://127.0.0.1:9/catalogue.json' })
  const asking = client.models.checkCatalogue({}).catch((error: unknown) => error)
  await served.asks()
  await until(client.network.door({ limit: 1 }), (door) => door.asking?.host === '127.0.0.1:9')
  await client.vault.lock({})
  expect(await asking).toMatchObject({ code: expect.stringMatching(/^(network_not_allowed|locked)$/) as string })
})
