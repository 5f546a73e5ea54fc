/** The host's half of contract/admission.ts: a socket that has just opened is nobody's until its page has proven itself. */
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import { answerSchema, knockSchema, provenText, refusedCloseCode, type ProvenBy, type Welcome } from '../../contract/admission.ts'
import { isSame, newSecret, signed, type Gate } from './gate.ts'

/** Bytes that a page may send before it has proven itself; its two frames have about 200. */
const mostBytes = 4096
/** Milliseconds that a refused page has to read why. */
const goodbyeMs = 250

/**
 * Asks a page for its proof.
 * @param raw the connection under the socket; one that sends more than 4,096 bytes without a proof is destroyed
 * @param admitted called once, with the ticket for uploads; the socket is the link's from then on
 * @param deadlineMs how long the page has
 */
export function admit(socket: WebSocket, raw: Duplex, gate: Gate, deadlineMs: number, admitted: (ticket: string) => void): void {
  const timer = setTimeout(refuse, deadlineMs)
  let asked: { by: ProvenBy; secret: string; expected: string } | null = null
  let bytes = 0

  function count(chunk: Buffer): void {
    bytes += chunk.length
    if (bytes > mostBytes) socket.terminate()
  }
  function stop(): void {
    clearTimeout(timer)
    raw.off('data', count)
    socket.off('message', hear)
    socket.off('close', stop)
  }
  function refuse(): void {
    stop()
    socket.close(refusedCloseCode)
    setTimeout(() => socket.terminate(), goodbyeMs).unref()
  }
  function hear(data: RawData, isBinary: boolean): void {
    const said = isBinary ? null : parse(data)
    if (asked) finish(asked, said)
    else challenge(said)
  }
  function challenge(said: unknown): void {
    const knock = knockSchema.safeParse(said)
    const secret = knock.success ? gate.secretOf(knock.data.by) : null
    if (!knock.success || secret === null) return refuse()
    const nonce = randomBytes(16).toString('base64url')
    const text = (side: 'host' | 'page'): string => provenText(side, knock.data.nonce, nonce)
    asked = { by: knock.data.by, secret, expected: signed(secret, text('page')) }
    socket.send(JSON.stringify({ t: 'challenge', nonce, mac: signed(secret, text('host')) }))
  }
  function finish({ by, secret, expected }: { by: ProvenBy; secret: string; expected: string }, said: unknown): void {
    const answer = answerSchema.safeParse(said)
    // Asked again: two sockets may have knocked with one token, which lets in a single page.
    if (!answer.success || !isSame(answer.data.mac, expected) || gate.secretOf(by) !== secret) return refuse()
    if (by === 'token') gate.spendToken()
    stop()
    const welcome: Welcome = { t: 'welcome', pass: gate.pass, ticket: newSecret() }
    socket.send(JSON.stringify(welcome))
    admitted(welcome.ticket)
  }

  raw.on('data', count)
  socket.on('message', hear)
  socket.on('close', stop)
}

function parse(data: RawData): unknown {
  try {
    return Buffer.isBuffer(data) ? JSON.parse(data.toString()) : null
  } catch {
    return null
  }
}
