/**
 * The page that asks for consent behind the loopback skin: a form without a script, in plain words. Everything that is put into it
 * is escaped; its one style is named in the policy by its hash.
 */
import { createHash } from 'node:crypto'
import { consentEnding, consentWords } from '../host/consent-words.ts'
import type { ConsentQuestion } from '../host/consent.ts'
import type { Language } from '../../contract/settings.ts'

const style = `
:root { color-scheme: light dark; --ink: #1f2421; --quiet: #5a625d; --ground: #f4f3ef; --paper: #fff; --line: #d8d6ce; --copper: #8f4a1d }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ecebe5; --quiet: #a9aea9; --ground: #171a18; --paper: #212522; --line: #3a3f3b; --copper: #e0a070 }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { box-sizing: border-box; width: min(34rem, calc(100vw - 2rem)); margin: 1rem; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
h1 { margin: 0 0 1rem; font-size: 1.25rem; line-height: 1.3; overflow-wrap: anywhere }
p { margin: 0 0 1rem }
.name { color: var(--quiet); font-size: .875rem }
code { display: block; padding: .75rem; background: var(--ground); border-radius: 6px; font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
.detail { color: var(--quiet) }
form { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: flex-end }
button { padding: .5rem 1rem; font: inherit; color: var(--ink); background: transparent; border: 1px solid var(--line); border-radius: 6px; cursor: pointer }
button:focus-visible { outline: 2px solid var(--copper); outline-offset: 2px }
`

/**
 * Nothing is loaded and nothing runs; the form goes to this server alone, and no page may frame it. The referrer stays within: without
 * it browsers would send the form from no origin.
 */
export const consentHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    `default-src 'none'`,
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    `sandbox allow-forms allow-same-origin`,
  ].join('; '),
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'X-DNS-Prefetch-Control': 'off',
}

/** @param token what the form proves with that it came from this page */
export function consentPage(question: ConsentQuestion, token: string): string {
  const { title, detail, answers } = consentWords(question)
  // None has the focus: a key that was meant for another window answers nothing.
  const buttons = answers.map(({ answer, words }) => `<button name="answer" value="${answer}">${escaped(words)}</button>`)
  return page(
    question.language,
    title,
    `<p class="name">Alambic</p>
<h1>${escaped(title)}</h1>
<p><code>${escaped(question.address)}</code></p>
<p class="detail">${escaped(detail)}</p>
<form method="post"><input type="hidden" name="token" value="${escaped(token)}">
${buttons.join('\n')}
</form>`,
  )
}

export function endingPage(language: Language, isAnswered: boolean): string {
  const words = consentEnding(language, isAnswered)
  return page(language, 'Alambic', `<p class="name">Alambic</p>\n<h1>${escaped(words)}</h1>`)
}

function page(language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body><main>
${body}
</main></body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
