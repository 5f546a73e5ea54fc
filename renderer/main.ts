/** The page's entry: opens the line to the host, builds the state, mounts the page. Only wiring. */
import './link/no-eval.ts'
import { mount } from 'svelte'
import { contract } from '../contract/contract.ts'
import { connect } from '../contract/link.ts'
import App from './App.svelte'
import { openPort, uploadFile } from './link/open.ts'
import { sendDocument } from './link/send-document.ts'
import { StandingPort } from './link/standing-port.ts'
import { isStream } from './link/is-stream.ts'
import { AppState } from './state/app.svelte.ts'
import './styles/page.css'

const port = new StandingPort(openPort, isStream, (ms) => new Promise((resolve) => setTimeout(resolve, ms)))
const client = connect(port, contract)
const app = new AppState({
  client,
  onLink: (listener) => port.onChange(listener),
  sendFile: location.protocol === 'app:' ? (file, report, signal) => sendDocument(client, file, report, signal) : uploadFile,
  place: window.location,
  mac: navigator.platform.startsWith('Mac'),
  languages: navigator.languages,
  now: () => Date.now(),
})
const target = document.getElementById('app')
if (target) mount(App, { target, props: { app } })
