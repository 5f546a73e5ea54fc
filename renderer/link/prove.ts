/** The page's half of contract/admission.ts: proves itself over a new socket, and sees that it is our host at the other end. */
import { challengeSchema, provenText, refusedCloseCode, welcomeSchema, type Welcome } from '../../contract/admission.ts'
import { AppError } from '../../contract/errors.ts'
import type { Credential } from './page-pass.ts'

/**
 * @returns the host's welcome; null when this credential does not let us in, or the other end is not the host that gave it.
 * @throws AppError disconnected when the line broke.
 */
export async function prove(socket: WebSocket, { by, secret }: Credential): Promise<Welcome | null> {
  const words = new Words(socket)
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)))
  socket.send(JSON.stringify({ t: 'knock', by, nonce }))
  const challenge = challengeSchema.safeParse(await words.next())
  if (!challenge.success) return null
  const text = (side: 'host' | 'page'): string => provenText(side, nonce, challenge.data.nonce)
  if ((await signed(secret, text('host'))) !== challenge.data.mac) return null
  socket.send(JSON.stringify({ t: 'answer', mac: await signed(secret, text('page')) }))
  const welcome = welcomeSchema.safeParse(await words.next())
  return welcome.success ? welcome.data : null
}

/** What the host says, one after the other; null once it has refused us. */
class Words {
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  next(): Promise<unknown> {
    const over = new AbortController()
    const options = { signal: over.signal }
    return new Promise((resolve, reject) => {
      this.#socket.addEventListener(
        'message',
        ({ data }) => {
          over.abort()
          resolve(parse(String(data)))
        },
        options,
      )
      this.#socket.addEventListener(
        'close',
        ({ code }) => {
          over.abort()
          if (code === refusedCloseCode) resolve(null)
          else reject(new AppError('disconnected', 'The host did not answer'))
        },
        options,
      )
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function signed(secret: string, text: string): Promise<string> {
  const bytes = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes.encode(secret), algorithm, false, ['sign'])
  return base64url(new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes.encode(text))))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
