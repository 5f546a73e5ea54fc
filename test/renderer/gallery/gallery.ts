/** Mounts the real page over the fake host. The address chooses: ?scenario=locked&language=fr&theme=dark, and #/models as in the product. */
import '../../../renderer/link/no-eval.ts'
import { mount, unmount } from 'svelte'
import { contract } from '../../../contract/contract.ts'
import { AppError, type ErrorCode } from '../../../contract/errors.ts'
import { connect } from '../../../contract/link.ts'
import { Language, Theme } from '../../../contract/settings.ts'
import App from '../../../renderer/App.svelte'
import { isStream } from '../../../renderer/link/is-stream.ts'
import { StandingPort } from '../../../renderer/link/standing-port.ts'
import { AppState } from '../../../renderer/state/app.svelte.ts'
import '../../../renderer/styles/page.css'
import { FakeHost } from '../../fixtures/fake-host.ts'
import { scenarios } from './scenarios.ts'

/** Breaks the line, as a restart of the host does. */
let drop = (): void => undefined
let remove = (): void => undefined

/** Mounts what the address says, over a host that nobody has asked anything yet. */
function show(): void {
  const query = new URLSearchParams(location.search)
  const host = new FakeHost()
  host.settings.set({
    ...host.settings.value,
    language: Language.catch('en').parse(query.get('language')),
    theme: Theme.catch('light').parse(query.get('theme')),
  })
  scenarios[query.get('scenario') ?? 'full']?.(host)

  const port = new StandingPort(
    () => (query.has('offline') ? Promise.reject(new Error('Offline')) : Promise.resolve(host.connect())),
    isStream,
    (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  )
  const app = new AppState({
    client: connect(port, contract),
    onLink: (listener) => port.onChange(listener),
    // A document stays on its way, so that one can look at that; a paper arrives.
    sendFile: ({ name }) => (name === 'paper.json' ? Promise.resolve({ reference: 'paper' }) : new Promise(() => undefined)),
    place: location,
    mac: false,
    languages: [query.get('language') ?? 'en'],
    now: () => Date.now(),
  })
  // For tests that act on the host or look at the state: see test/fixtures/page-room.ts.
  Object.assign(window, { host, app, fail: (code: ErrorCode) => new AppError(code, code) })
  drop = () => host.drop()
  const target = document.getElementById('app')
  if (!target) return
  const mounted = mount(App, { target, props: { app } })
  remove = () => void unmount(mounted)
}

// For whoever looks at the page from outside.
window.addEventListener('gallery:drop', () => drop())
// Another address without loading the page anew, which costs a browser three times as much. Nothing of what was shown stays.
window.addEventListener('gallery:show', (event) => {
  remove()
  localStorage.clear()
  sessionStorage.clear()
  history.replaceState(null, '', (event as CustomEvent<string>).detail)
  show()
})
show()
