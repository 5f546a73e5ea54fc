// Hostile answers in the real page, in Chromium, with its content security policy and without: nothing runs, nothing calls out, nothing is drawn but text.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { marked } from 'marked'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../contract/contract.ts'
import { serve } from '../../contract/link.ts'
import { References } from '../../electron/host/desktop.ts'
import { IncomingDocuments } from '../../electron/host/incoming-documents.ts'
import { readPageFiles } from '../../electron/host/page-files.ts'
import { LoopbackServer } from '../../electron/loopback/loopback-server.ts'
import { openBrowser } from '../fixtures/browser.ts'
import { FakeHost } from '../fixtures/fake-host.ts'
import { fakeConversation, fakeNow, fakeTurn } from '../fixtures/fake-nouns.ts'
import { isFullLength } from '../fixtures/test-length.ts'

/** What a payload does where it runs; TRAP is a server of another origin. */
const run = 'run()'
const image = `<img src=TRAP/i.png onerror=${run}>`
const fence = '```'

/** A name, an answer, and the text that one must still be able to read; without it, the answer as it stands. */
type Payload = [name: string, answer: string, ...readable: string[]]

/** Raw HTML, which does harm wherever it is taken for HTML. */
const html: Payload[] = [
  ['a script', `<script>${run}</script>`],
  ['a script from outside', `<script src="TRAP/a.js"></script>`],
  ['a module and speculation rules', `<script type="speculationrules">{"prefetch":[{"urls":["TRAP/s"]}]}</script>`],
  ['an image with a handler', `a ${image} b`],
  ['handlers without a blank', `<img/src="TRAP/a.png"/onerror="${run}">`],
  ['handlers that need no click', `<details open ontoggle=${run}>x</details> <input autofocus onfocus=${run}>`],
  ['a handler of an animation', `<style>@keyframes x{}</style><b style="animation:x 1s" onanimationstart=${run}>b</b>`],
  ['links with scripts', `<a href="javascript:${run}">a</a> <a href=" java&#x0A;script:${run}">b</a>`, 'a', 'b'],
  ['a link that pings', `<a href="https://a.example" ping="TRAP/ping">a</a>`],
  ['a style with an address', `<div style="background:url(TRAP/a.png)">a</div>`],
  ['a style sheet that imports', `<style>@import "TRAP/a.css"; * { background: url(TRAP/b.png) }</style>`],
  ['a frame', `<iframe src="TRAP/f"></iframe><iframe srcdoc="<script>parent.run()</script>"></iframe>`],
  ['an object and its kin', `<object data="TRAP/o"></object><embed src="TRAP/e"><frameset onload=${run}>`],
  ['a form', `<form action="TRAP/form"><button formaction="javascript:${run}">go</button><input name=attributes></form>`],
  ['media', `<video poster="TRAP/p.png" src="TRAP/v"></video><audio src="TRAP/a" onerror=${run}></audio>`],
  ['pictures of other kinds', `<picture><source srcset="TRAP/s.png"><img srcset="TRAP/t.png 2x"></picture>`],
  ['SVG with a handler and a script', `<svg onload=${run}><script>${run}</script></svg>`],
  ['SVG that fetches', `<svg><image href="TRAP/i.png"/><use href="TRAP/u.svg#x"/><feImage href="TRAP/f.png"/></svg>`],
  ['SVG that animates a link', `<svg><a><animate attributeName=href values="javascript:${run}"/><text y=9>x</text></a></svg>`],
  ['SVG with HTML inside', `<svg><foreignObject>${image}</foreignObject></svg>`],
  ['MathML with links', `<math href="javascript:${run}"><mtext xlink:href="javascript:${run}">x</mtext></math>`],
  ['MathML with HTML inside', `<math><annotation-xml encoding="text/html">${image}</annotation-xml></math>`],
  ['mutation by mglyph', `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run}&gt;">`],
  ['mutation by nested forms', `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${run}>`],
  ['mutation by SVG and style', `<svg></p><style><a id="</style><img src=1 onerror=${run}>">`],
  ['mutation by annotation', `<math><annotation-xml encoding="text/html"><p><style><!--</style>${image}-->`],
  ['mutation by select', `<select><template><style><!--</style><a rel="--></style></template></select>${image}">`],
  ['a noscript trick', `<noscript><p title="</noscript><img src=x onerror=${run}>">`],
  ['a title trick', `<title><a title="</title><img src=x onerror=${run}>">`],
  ['a text area trick', `<textarea><a title="</textarea><img src=x onerror=${run}>"></textarea>`],
  ['templates and shadows', `<div><template shadowrootmode=open>${image}</template></div><template>${image}</template>`],
  ['a refresh', `<meta http-equiv="refresh" content="0;url=TRAP/m">`],
  ['a base', `<base href="TRAP/"> <a href="x">a</a>`],
  [
    'links that fetch ahead',
    `<link rel=preload as=image href="TRAP/p"><link rel=prefetch href="TRAP/q"><link rel=stylesheet href="TRAP/r">`,
  ],
  ['comments that end early', `<!--><img src=x onerror=${run}>-->`],
  ['instructions and sections', `<?xml version="1.0"?><img src=x onerror=${run}>`],
  [
    'what would cover the page',
    `<dialog open style="position:fixed;inset:0">a</dialog><div popover id=app class="prose">b</div>`,
  ],
  ['names that the page uses', `<a id=trustedTypes></a><form id=app name=body><input name=parentNode></form>`],
  ['an odd name', `<img\u0001src=x onerror=${run}> <x-a onclick=${run}>b</x-a><marquee onstart=${run}>c</marquee>`, 'b', 'c'],
]

/** Markdown that a renderer turns into such HTML by itself. */
const markdown: Payload[] = [
  [
    'Markdown links with scripts',
    `[a](javascript:${run}) [b](JaVaScRiPt:${run}) [c](vbscript:x) [d](\u0001javascript:${run})`,
    'a',
    'b',
  ],
  [
    'Markdown links in entities',
    `[a](javascript&colon;${run}) [b](&#106;avascript:${run}) [c](java&Tab;script:${run})`,
    'a',
    'b',
    'c',
  ],
  ['Markdown links with data', `[a](data:text/html,x) [b](data:text/html;base64,PHNjcmlwdD4=)`, 'a', 'b'],
  ['Markdown links to ourselves', `[a](/upload) [b](#/settings) [c](//127.0.0.1/x) [d](file:///etc/passwd)`, 'a', 'b', 'c', 'd'],
  [
    'Markdown pictures',
    `![seen](TRAP/a.png) ![](TRAP/b.png "t") ![data](data:image/png;base64,AAAA)`,
    'seen',
    'TRAP/b.png',
    'data',
  ],
  ['pictures by reference', `![seen][1] [![in a link][1]](https://a.example)\n\n[1]: TRAP/a.png`, 'seen', 'in a link'],
  ['links by reference', `[a][1] [1]\n\n[1]: javascript:${run} "x"`, 'a', '1'],
  ['automatic links', `<javascript:${run}> <TRAP/auto> TRAP/bare www.a.example`, `javascript:${run}`, 'TRAP/auto', 'TRAP/bare'],
  ['a footnote', `a[^1]\n\n[^1]: ${image}`, '[^1]', image],
  [
    'quotes in a title',
    `[a](https://a.example "\\"onmouseover=${run} x=\\"") [b](<https://b.example"onclick="${run}>)`,
    'a',
    'b',
  ],
  ['HTML in a picture’s words', `![${image}](TRAP/a.png)`, `<img src=`],
  [
    'HTML in a table',
    `| <script>${run}</script> | b |\n| - | - |\n| ${image} | <b onclick=${run}>c</b> |`,
    image,
    `onclick=${run}`,
  ],
  ['HTML in a list and a quote', `- ${image}\n\n> <iframe src="TRAP/f"></iframe>`, image, 'iframe'],
  [
    'HTML as the language of code',
    `${fence}"><img/src=x/onerror=${run}>\nlet a\n${fence}\n\n- b\n  ${fence}"><img/src=x/onerror=${run}>\n  let c\n  ${fence}`,
    'let a',
    'let c',
  ],
  ['HTML as code', `${fence}html\n${image}<script>${run}</script>\n${fence}\n\n\`${image}\``, `${image}<script>${run}</script>`],
  [
    'HTML as code in the other colours',
    `${fence}js\nconst a = \`\${'${image}'}\`\n${fence}\n\n${fence}md\n[a](javascript:x) ${image}\n${fence}`,
    image,
  ],
  ['HTML in entities', `&lt;img src=x onerror=${run}&gt; &#60;script&#62;${run}&#60;/script&#62;`, `<img src=x onerror=${run}>`],
  [
    'an address in a formula',
    `$\\href{javascript:${run}}{x}$ $\\url{TRAP/u}$ $$\\href{TRAP/h}{y}$$`,
    `\\href{javascript:${run}}`,
    '\\url{TRAP/u}',
  ],
  ['a picture in a formula', `$\\includegraphics[width=9em]{TRAP/a.png}$`, '\\includegraphics'],
  [
    'HTML attributes in a formula',
    `$\\htmlData{a=b}{x}$ $\\htmlStyle{background:url(TRAP/a)}{x}$ $\\htmlId{app}{x}$ $\\class{app}{x}$ $\\style{color:red}{x}$`,
    '\\htmlStyle',
  ],
  [
    'HTML in a formula',
    `$\\text{</mtext></math>${image}}$ $<script>${run}</script>$ $$\\mathrm{"<img src=x onerror=${run}>"}$$`,
    `</mtext></math>${image}`,
    `<script>${run}</script>`,
  ],
  [
    'colours and boxes in a formula',
    `$\\color{red}x \\colorbox{url(TRAP/a)}{y} \\rule{999em}{999em} \\hspace{-99em} z$`,
    'x',
    'y',
    'z',
  ],
  ['a formula that never ends', `$\\def\\a{\\a\\a}\\a$ $$\\def\\b#1{\\b{#1#1}}\\b{x}$$`, '\\def\\a'],
]

/** Long or deep: each must be there before anybody takes the page for frozen. */
const heavy: Payload[] = [
  ['quotes', '> '.repeat(20_000)],
  ['lists', '- '.repeat(20_000)],
  ['HTML', '<div><b>'.repeat(10_000)],
  ['formulas', `$${'{'.repeat(900)}x${'}'.repeat(900)}$ $${'\\sqrt{'.repeat(200)}x${'}'.repeat(200)}$`],
  ['MathML', '<math><mrow>'.repeat(5_000)],
  ['emphasis', '*a **b _c '.repeat(4_000)],
  ['brackets', '![['.repeat(20_000)],
  ['a table', `|${'a|'.repeat(300)}\n|${'-|'.repeat(300)}\n${`|${'1|'.repeat(300)}\n`.repeat(30)}`],
  ['one word', 'a'.repeat(300_000)],
  ['code', `${fence}js\n${'const a = `${[1, 2]}` // <b>\n'.repeat(4_000)}${fence}`],
].map(([name, answer]) => [name!, answer!, ''])

interface Watched {
  ran: boolean
  outsiders: string[]
  violations: string[]
  longestMs: number
}

/** Runs in the page, before all else: keeps what is drawn in an answer and should not be, and how long the page stood still. */
function watch(): void {
  const seen: Watched = Object.assign(window, { ran: false, outsiders: [], violations: [], longestMs: 0 })
  Object.assign(window, { run: () => (seen.ran = true) })
  const tags = new Set(
    (
      'p br hr strong em del s sup sub code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td span a ' +
      'math semantics mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mtable mtr mtd mover munder munderover mpadded mphantom menclose'
    ).split(' '),
  )
  const own = '.prose > div.block, .prose :is(div.table-box, div.code-box), .prose .code-box > :is(div.head, pre)'
  const attributes: Record<string, string[]> = { a: ['href', 'title'], ol: ['start'], th: ['align'], td: ['align'] }
  const mathAttributes = (
    'display mathvariant stretchy fence separator form lspace rspace accent accentunder linethickness columnalign rowspacing ' +
    'columnspacing width height depth minsize maxsize movablelimits symmetric'
  ).split(' ')
  const classes = /^(svelte-\w+|hljs(-\w+)*|\w+_|tml-[\w-]+|language-\S*|block|table-box|code-box|head)$/
  function check(element: Element): void {
    const name = element.localName
    // The product's own button over code.
    if (element.matches('.prose .code-box > .head *')) return
    const isOwn = element.matches(own)
    const isMath = element.namespaceURI?.endsWith('MathML') === true
    if (!isOwn && !tags.has(name)) seen.outsiders.push(`<${name}>`)
    for (const { name: attribute, value } of element.attributes) {
      const allowed =
        attribute === 'class'
          ? value.split(' ').every((one) => one === '' || classes.test(one))
          : (attribute !== 'href' || /^(https?:|mailto:)/.test(value)) &&
            ((isOwn && (['tabindex', 'role', 'aria-label'].includes(attribute) || (attribute === 'dir' && value === 'auto'))) ||
              attributes[name]?.includes(attribute) === true ||
              (isMath && mathAttributes.includes(attribute)))
      if (!allowed) seen.outsiders.push(`<${name} ${attribute}="${value.slice(0, 80)}">`)
    }
  }
  new MutationObserver(() => {
    for (const element of document.querySelectorAll('.prose *')) check(element)
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    seen.violations.push(`${violatedDirective} ${blockedURI}`),
  )
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longestMs = Math.max(seen.longestMs, duration)
  }).observe({ type: 'longtask' })
}

const trapped: string[] = []
/** Says yes to everything, with a script that tells of itself. */
const trap = createServer((request, response) => {
  trapped.push(request.url ?? '')
  response.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' }).end(run)
})
/** A page without a policy, for the control. */
const bare = createServer((_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><div class="prose"></div>')
})
const host = new FakeHost()
const uploadFolder = mkdtempSync(join(tmpdir(), 'alambic-hostile-'))
let browser: Browser
let loopback: LoopbackServer
let conversations = 0

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const armed = (text: string): string => text.replaceAll('TRAP', originOf(trap))
const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim()

beforeAll(async () => {
  for (const server of [trap, bare]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  trap.close()
  bare.close()
  rmSync(uploadFolder, { recursive: true })
})

/** A page that is watched: what it asked for beside its own files, and which dialogs it opened. */
async function watchedPage(context: BrowserContext): Promise<{ page: Page; asked: string[] }> {
  const page = await context.newPage()
  const asked: string[] = []
  await page.addInitScript(watch)
  page.on('request', (request) => asked.push(request.url()))
  page.on('dialog', (dialog) => {
    asked.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => asked.push(`error ${error.message}`))
  return { page, asked }
}
const seenBy = (page: Page): Promise<Watched> =>
  page.evaluate(() => {
    const { ran, outsiders, violations, longestMs } = window as unknown as Watched
    return { ran, outsiders, violations, longestMs }
  })

function fail(error: unknown): never {
  throw error
}

/** Shows an answer in the conversation of this name, or what has come of it. */
function put(id: string, text: string, whole = true): void {
  const messages = fakeTurn('?', { text, state: whole ? 'finished' : 'writing' })
  const writing = whole ? null : ({ messageId: 'answer', stage: 'writing', fraction: 0, since: fakeNow } as const)
  host.chat.put(fakeConversation({ id, messages }), fakeNow, writing)
}

describe.each([
  { how: 'as it is served', bypassCSP: false },
  { how: 'without its policy, by the sanitiser alone', bypassCSP: true },
])('the page $how', ({ bypassCSP }) => {
  let context: BrowserContext
  let page: Page
  let asked: string[]
  let furniture: number

  beforeAll(async () => {
    const references = new References()
    loopback = await LoopbackServer.start({
      host: {
        references,
        incomingDocuments: new IncomingDocuments({ folder: join(uploadFolder, 'documents'), references }),
        serve: (port) => serve(port, contract, host.handlers, fail),
      },
      pageFiles: readPageFiles(join(import.meta.dirname, '../../dist/renderer')),
      uploadFolder,
      port: 0,
      onBug: (error) => asked.push(String(error)),
    })
    context = await browser.newContext({ bypassCSP, locale: 'en-GB' })
    ;({ page, asked } = await watchedPage(context))
    await page.goto(loopback.newAddress())
    await show('One *word*.')
    furniture = await countFurniture()
    asked.length = 0
  })
  afterAll(async () => {
    await context.close()
    await loopback.close()
  })

  /** What an answer must not add to. */
  const countFurniture = (): Promise<number> =>
    page.evaluate(
      () =>
        document.querySelectorAll('script, style, base, meta, iframe, object, embed, img, video, audio, template, dialog, form')
          .length + document.querySelectorAll('link:not([rel="modulepreload"])').length,
    )

  /** Opens a conversation with this answer, and resolves with what can be read of it. */
  async function show(answer: string): Promise<string> {
    const id = `talk-${conversations++}`
    put(id, `Case ${id}:\n\n${armed(answer)}\n\nEnd of ${id}.`)
    await page.goto(`${loopback.origin}/#/chat/${id}`)
    const prose = page.locator('.prose', { hasText: `Case ${id}:` })
    await prose.waitFor()
    // Time for what would load, run or animate.
    await page.waitForTimeout(80)
    const text = squeezed((await prose.textContent()) ?? '')
    expect(text).toContain(`End of ${id}.`)
    return text
  }

  /** Nothing but the page's own files was asked for, nothing ran, and all that was drawn is on the list. */
  async function expectNothing(): Promise<void> {
    const { ran, outsiders, violations } = await seenBy(page)
    const files = new URL('/assets/', loopback.origin).href
    const strange = asked.filter((url) => !url.startsWith(files))
    expect({ ran, outsiders, violations, strange, trapped }).toEqual({
      ran: false,
      outsiders: [],
      violations: [],
      strange: [],
      trapped: [],
    })
    expect(await countFurniture()).toBe(furniture)
  }

  // What the sanitiser alone holds, the policy behind it holds too: every third shows that the two together do.
  const shown = [...html, ...markdown].filter((_, at) => isFullLength || bypassCSP || at % 3 === 0)
  test.each(shown)('shows as text: %s', async (_, answer, ...readable) => {
    const text = await show(answer)
    for (const part of readable.length > 0 ? readable : [answer]) expect(text).toContain(squeezed(armed(part)))
    await expectNothing()
  })

  test('hands a link to the host, which asks the person, and goes nowhere itself nor with one that has no address', async () => {
    await show(`[first](https://a.example/x) [dead](javascript:${run}) [mail](mailto:a@b.example)`)
    host.links.length = 0
    for (const button of ['left', 'middle'] as const) {
      await page.getByText('dead', { exact: true }).click({ button })
      await page.getByRole('link', { name: 'first' }).click({ button })
      await expectNothing()
    }
    await page.getByRole('link', { name: 'mail' }).focus()
    await page.keyboard.press('Enter')
    const first = 'https://a.example/x'
    await expect.poll(() => host.links).toEqual([first, first, 'mailto:a@b.example'])
    expect(context.pages()).toEqual([page])
    await expectNothing()
  })

  test('is as safe while an answer is being written, and keeps the nodes of what stands', async () => {
    const id = `talk-${conversations++}`
    const whole = armed(`First *block*.\n\n${[...html, ...markdown].map(([, answer]) => answer).join('\n\n')}\n\nEnd of ${id}.`)
    put(id, whole.slice(0, 40), false)
    await page.goto(`${loopback.origin}/#/chat/${id}`)
    await page.locator('.prose em', { hasText: 'block' }).waitFor()
    await page.evaluate(() => document.querySelector('.prose em')?.append('!'))
    for (let at = 40; at < whole.length; at += 23) {
      put(id, whole.slice(0, at), false)
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
    put(id, whole)
    await page.locator('.prose', { hasText: `End of ${id}.` }).waitFor()
    await page.waitForTimeout(80)
    expect(await page.locator('.prose em').first().textContent()).toBe('block!')
    await expectNothing()
  })

  // The policy plays no part in how long something takes.
  test.each(isFullLength || !bypassCSP ? heavy : [])('does not freeze over %s', async (_, answer) => {
    const longest = async (text: string): Promise<number> => {
      await page.evaluate(() => Object.assign(window, { longestMs: 0 }))
      await show(text)
      return (await seenBy(page)).longestMs
    }
    const quarterMs = await longest(answer.slice(0, answer.length / 4))
    const wholeMs = await longest(answer)
    // Four times the text blocks the page about four times as long; a square would do so sixteen times. Machines are busy, too.
    expect(wholeMs / Math.max(quarterMs, 300)).toBeLessThan(12)
    await expectNothing()
  })
})

/** Puts HTML into a page without a policy, sanitised if the page has what it takes. Resolves with what came of it. */
async function inBarePage({ page, asked }: { page: Page; asked: string[] }, raw: string): Promise<Watched & { called: number }> {
  asked.length = 0
  trapped.length = 0
  await page.evaluate((text) => {
    const { Sanitise } = window as { Sanitise?: { createSanitiser: (of: Window) => (html: string) => string } }
    const prose = document.querySelector('.prose')
    if (prose) prose.innerHTML = Sanitise ? Sanitise.createSanitiser(window)(text) : text
  }, armed(raw))
  await page.waitForTimeout(100)
  const called = asked.length + trapped.splice(0).length
  // It may have gone elsewhere.
  const seen = await seenBy(page).catch(() => ({ ran: false, outsiders: [], violations: [], longestMs: 0 }))
  return { ...seen, called }
}

describe('without the page', () => {
  const raw = [
    ...html,
    ...markdown.map(([name, answer]): Payload => [`${name}, by marked`, marked.parse(answer, { async: false })]),
  ]
  let context: BrowserContext
  let clean: { page: Page; asked: string[] }
  let ran = 0
  let called = 0

  beforeAll(async () => {
    const entry = join(import.meta.dirname, '../../renderer/ui/prose/sanitise.ts')
    const lib = { entry, formats: ['iife' as const], name: 'Sanitise' }
    const built = await build({ configFile: false, publicDir: false, logLevel: 'error', build: { write: false, lib } })
    const sanitiser = [built]
      .flat()
      .flatMap((one) => ('output' in one ? one.output.map((file) => ('code' in file ? file.code : '')) : []))
      .join('')
    context = await browser.newContext()
    clean = await watchedPage(context)
    await clean.page.goto(originOf(bare))
    await clean.page.addScriptTag({ content: sanitiser })
  })
  afterAll(() => context.close())

  test.each(raw)('the sanitiser alone lets nothing pass of %s', async (_, answer) => {
    expect(await inBarePage(clean, answer)).toMatchObject({ ran: false, outsiders: [], called: 0 })
  })

  // Otherwise the silence above would prove nothing.
  test.each(html)('the test notices, put in raw: %s', async (_, answer) => {
    const fresh = await watchedPage(context)
    await fresh.page.goto(originOf(bare))
    const seen = await inBarePage(fresh, answer)
    await fresh.page.close()
    if (seen.ran) ran++
    if (seen.called > 0) called++
    expect(seen.outsiders.length + seen.called).toBeGreaterThan(0)
  })

  test('many of them would have run, or called out', () => {
    expect(ran).toBeGreaterThanOrEqual(10)
    expect(called).toBeGreaterThanOrEqual(10)
  })
})
