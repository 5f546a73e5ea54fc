/** The page's entry: opens the line to the host, builds the state, mounts the page. Only wiring. */
import './link/no-eval.ts'
import { mount } from 'svelte'
import { contract } from '../contract/contract.ts'
import { connect } from '../contract/link.ts'
import App from './App.svelte'
import { LoopbackLink } from './link/loopback-link.ts'
import { PagePass } from './link/page-pass.ts'
import { sealingClient } from './link/sealed-words.ts'
import { sendDocument } from './link/send-document.ts'
import { StandingPort } from './link/standing-port.ts'
import { isStream } from './link/is-stream.ts'
import { windowPort } from './link/window-port.ts'
import { AppState } from './state/app.svelte.ts'
import './styles/page.css'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const loopback = location.protocol === 'app:' ? null : openLoopback()
const port = new StandingPort(loopback ? () => loopback.openPort() : windowPort, isStream, wait)
const client = sealingClient(connect(port, contract))
addEventListener('focus', () => port.hurry())
addEventListener('online', () => port.hurry())
const app = new AppState({
  client,
  onLink: (listener) => port.onChange(listener),
  sendFile: loopback
    ? (file, report, signal, kind) => loopback.uploadFile(file, report, signal, kind)
    : (file, report, signal) => sendDocument(client, file, report, signal),
  place: window.location,
  mac: navigator.platform.startsWith('Mac'),
  languages: navigator.languages,
  now: () => Date.now(),
})
const target = document.getElementById('app')
if (target) mount(App, { target, props: { app } })

function openLoopback(): LoopbackLink {
  const pass = new PagePass({ location, history, storage: sessionStorage, channel: new BroadcastChannel('alambic') })
  addEventListener('hashchange', () => pass.readAddress())
  return new LoopbackLink(pass, location.host, () => location.replace('/refused'))
}
